// One certificate's life, through the functions that @hey-api/openapi-ts makes.

import { readFileSync, writeFileSync } from "node:fs";
import {
  type CertificateImportWritable,
  deleteCertificate,
  exportCertificate,
  importCertificate,
  listCertificates,
  showCertificate,
} from "./scm/index";
import { client } from "./scm/client.gen";

type Given = {
  endpoint: string;
  token: string;
  sound: CertificateImportWritable;
  mismatched: CertificateImportWritable;
};

const given: Given = JSON.parse(readFileSync("given.json", "utf8"));
client.setConfig({ baseUrl: given.endpoint, auth: given.token });

const imported = await importCertificate({ body: given.sound, throwOnError: true });
const { certificate_id } = imported.data;
console.log("import", certificate_id);

const one = { path: { certificate_id }, throwOnError: true } as const;
console.log("show", (await showCertificate(one)).data.domain);

const page = await listCertificates({ throwOnError: true });
console.log("list", ...page.data.certificates.map((kept) => kept.id));

writeFileSync("exported.pem", (await exportCertificate(one)).data.private_key);
console.log("export", "exported.pem");

await deleteCertificate(one);
console.log("delete", certificate_id);

const refused = await importCertificate({ body: given.mismatched });
console.log("refusal", refused.error?.error_code);
