import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import scm.ApiClient;
import scm.ApiException;
import scm.api.CertificatesApi;
import scm.model.CertificateImport;
import scm.model.CertificateSummary;
import scm.model.ErrorBody;

/** One certificate's life, through the classes that openapi-generator makes for Java. */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = ApiClient.createDefaultObjectMapper();
    JsonNode given = json.readTree(Path.of("given.json").toFile());
    String token = given.get("token").asText();
    ApiClient client = new ApiClient();
    client.updateBaseUri(given.get("endpoint").asText());
    client.setRequestInterceptor(request -> request.header("X-Auth-Token", token));
    CertificatesApi certificates = new CertificatesApi(client);

    CertificateImport sound = json.treeToValue(given.get("sound"), CertificateImport.class);
    String id = certificates.importCertificate(sound, "one life").getCertificateId();
    System.out.println("import " + id);
    System.out.println("show " + certificates.showCertificate(id).getDomain());

    String listed =
        certificates
            .listCertificates(null, null, null, null, null, null, null, null, null, null, null)
            .getCertificates()
            .stream()
            .map(CertificateSummary::getId)
            .collect(Collectors.joining(" "));
    System.out.println("list " + listed);

    Files.writeString(
        Path.of("exported.pem"), certificates.exportCertificate(id).getPrivateKey());
    System.out.println("export exported.pem");

    certificates.deleteCertificate(id);
    System.out.println("delete " + id);

    try {
      certificates.importCertificate(
          json.treeToValue(given.get("mismatched"), CertificateImport.class), null);
    } catch (ApiException refused) {
      ErrorBody body = json.readValue(refused.getResponseBody(), ErrorBody.class);
      System.out.println("refusal " + body.getErrorCode());
    }
  }
}
