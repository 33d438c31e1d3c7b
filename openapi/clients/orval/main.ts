// One certificate's life, through the functions that orval makes for fetch.

import { readFileSync, writeFileSync } from "node:fs";
import {
  type CertificateImport,
  deleteCertificate,
  exportCertificate,
  importCertificate,
  listCertificates,
  showCertificate,
} from "./scm";
import { signIn } from "./signed-in";

type Given = {
  endpoint: string;
  token: string;
  sound: CertificateImport;
  mismatched: CertificateImport;
};

const given: Given = JSON.parse(readFileSync("given.json", "utf8"));
signIn(given);

const imported = await importCertificate(given.sound);
if (imported.status !== 200) throw new Error(imported.data.error_msg);
const id = imported.data.certificate_id;
console.log("import", id);

const shown = await showCertificate(id);
if (shown.status !== 200) throw new Error(shown.data.error_msg);
console.log("show", shown.data.domain);

const listed = await listCertificates();
if (listed.status !== 200) throw new Error(listed.data.error_msg);
console.log("list", ...listed.data.certificates.map((kept) => kept.id));

const exported = await exportCertificate(id);
if (exported.status !== 200) throw new Error(exported.data.error_msg);
writeFileSync("exported.pem", exported.data.private_key);
console.log("export", "exported.pem");

const deleted = await deleteCertificate(id);
if (deleted.status === 204) console.log("delete", id);

const refused = await importCertificate(given.mismatched);
if (refused.status === 400) console.log("refusal", refused.data.error_code);
