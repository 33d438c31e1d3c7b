// One certificate's life, through the functions that oazapfts makes.

import { readFileSync, writeFileSync } from "node:fs";
import { ok } from "@oazapfts/runtime";
import * as scm from "./scm";

const given = JSON.parse(readFileSync("given.json", "utf8"));
scm.defaults.baseUrl = given.endpoint;
scm.defaults.headers = { "X-Auth-Token": given.token };

const id = (await ok(scm.importCertificate(given.sound))).certificate_id;
console.log("import", id);
console.log("show", (await ok(scm.showCertificate(id))).domain);
console.log("list", ...(await ok(scm.listCertificates())).certificates.map((kept) => kept.id));

writeFileSync("exported.pem", (await ok(scm.exportCertificate(id))).private_key);
console.log("export", "exported.pem");

await ok(scm.deleteCertificate(id));
console.log("delete", id);

const refused = await scm.importCertificate(given.mismatched);
if (refused.status === 400) console.log("refusal", refused.data.error_code);
