// One certificate's life, through openapi-fetch and the types that openapi-typescript makes.

import { readFileSync, writeFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./scm";

type CertificateImport = components["schemas"]["CertificateImport"];
type Given = {
  endpoint: string;
  token: string;
  sound: CertificateImport;
  mismatched: CertificateImport;
};

const given: Given = JSON.parse(readFileSync("given.json", "utf8"));
const scm = createClient<paths>({
  baseUrl: given.endpoint,
  headers: { "X-Auth-Token": given.token },
});

const imported = await scm.POST("/v3/scm/certificates/import", { body: given.sound });
if (!imported.data) throw new Error(imported.error.error_msg);
const certificate_id = imported.data.certificate_id;
console.log("import", certificate_id);

const one = { params: { path: { certificate_id } } };
const shown = await scm.GET("/v3/scm/certificates/{certificate_id}", one);
console.log("show", shown.data?.domain);

const listed = await scm.GET("/v3/scm/certificates");
console.log("list", ...(listed.data?.certificates ?? []).map((kept) => kept.id));

const exported = await scm.POST("/v3/scm/certificates/{certificate_id}/export", one);
if (!exported.data) throw new Error(exported.error.error_msg);
writeFileSync("exported.pem", exported.data.private_key);
console.log("export", "exported.pem");

const deleted = await scm.DELETE("/v3/scm/certificates/{certificate_id}", one);
if (deleted.response.ok) console.log("delete", certificate_id);

const refused = await scm.POST("/v3/scm/certificates/import", { body: given.mismatched });
console.log("refusal", refused.error?.error_code);
