// One certificate's life, through the class that swagger-typescript-api makes.

import { readFileSync, writeFileSync } from "node:fs";
import { Api, type CertificateImport, type ErrorBody } from "./scm/scm";

type Given = {
  endpoint: string;
  token: string;
  sound: CertificateImport;
  mismatched: CertificateImport;
};

const given: Given = JSON.parse(readFileSync("given.json", "utf8"));
const { v3: scm } = new Api({
  baseUrl: given.endpoint,
  baseApiParams: { headers: { "X-Auth-Token": given.token } },
});

const imported = await scm.importCertificate(given.sound);
const id = imported.data.certificate_id;
console.log("import", id);
console.log("show", (await scm.showCertificate(id)).data.domain);

const listed = await scm.listCertificates();
console.log("list", ...listed.data.certificates.map((kept) => kept.id));

writeFileSync("exported.pem", (await scm.exportCertificate(id)).data.private_key);
console.log("export", "exported.pem");

await scm.deleteCertificate(id);
console.log("delete", id);

try {
  await scm.importCertificate(given.mismatched);
} catch (refused) {
  console.log("refusal", (refused as { error: ErrorBody }).error.error_code);
}
