// One certificate's life, through the zodios client that openapi-zod-client makes: what is sent and
// what is answered is checked while it runs.

import { readFileSync, writeFileSync } from "node:fs";
import { isErrorFromAlias } from "@zodios/core";
import axios from "axios";
import { api, createApiClient } from "./scm";

const given = JSON.parse(readFileSync("given.json", "utf8"));
const scm = createApiClient(given.endpoint, {
  axiosInstance: axios.create({ headers: { "X-Auth-Token": given.token } }),
});

const { certificate_id } = await scm.ImportCertificate(given.sound);
console.log("import", certificate_id);

const one = { params: { certificate_id } };
console.log("show", (await scm.ShowCertificate(one)).domain);
console.log("list", ...(await scm.ListCertificates()).certificates.map((kept) => kept.id));

writeFileSync("exported.pem", (await scm.ExportCertificate(undefined, one)).private_key);
console.log("export", "exported.pem");

await scm.DeleteCertificate(undefined, one);
console.log("delete", certificate_id);

try {
  await scm.ImportCertificate(given.mismatched);
} catch (refused) {
  if (!isErrorFromAlias(api.api, "ImportCertificate", refused)) throw refused;
  console.log("refusal", refused.response.data.error_code);
}
