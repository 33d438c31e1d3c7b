// One certificate's life, through the classes that openapi-generator makes for TypeScript.

import { readFileSync, writeFileSync } from "node:fs";
import { CertificateImportFromJSON, CertificatesApi, Configuration, ResponseError } from "./scm/index";

const given = JSON.parse(readFileSync("given.json", "utf8"));
const scm = new CertificatesApi(
  new Configuration({ basePath: given.endpoint, apiKey: given.token }),
);

const sound = CertificateImportFromJSON(given.sound);
const { certificateId } = await scm.importCertificate({ certificateImport: sound });
console.log("import", certificateId);
console.log("show", (await scm.showCertificate({ certificateId })).domain);

const page = await scm.listCertificates();
console.log("list", ...page.certificates.map((kept) => kept.id));

writeFileSync("exported.pem", (await scm.exportCertificate({ certificateId })).privateKey);
console.log("export", "exported.pem");

await scm.deleteCertificate({ certificateId });
console.log("delete", certificateId);

try {
  const mismatched = CertificateImportFromJSON(given.mismatched);
  await scm.importCertificate({ certificateImport: mismatched });
} catch (refused) {
  if (!(refused instanceof ResponseError)) throw refused;
  console.log("refusal", (await refused.response.json()).error_code);
}
