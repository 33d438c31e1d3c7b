"""One certificate's life, through the client that openapi-python-client makes."""

import json
from pathlib import Path

from scm import AuthenticatedClient
from scm.api.certificates import (
    delete_certificate,
    export_certificate,
    import_certificate,
    list_certificates,
    show_certificate,
)
from scm.models import CertificateImport

given = json.loads(Path("given.json").read_text())
client = AuthenticatedClient(
    base_url=given["endpoint"], token=given["token"], auth_header_name="X-Auth-Token", prefix=""
)

imported = import_certificate.sync(client=client, body=CertificateImport.from_dict(given["sound"]))
id = imported.certificate_id
print("import", id)
print("show", show_certificate.sync(id, client=client).domain)
print("list", *(kept.id for kept in list_certificates.sync(client=client).certificates))

Path("exported.pem").write_text(export_certificate.sync(id, client=client).private_key)
print("export", "exported.pem")

if delete_certificate.sync_detailed(id, client=client).status_code == 204:
    print("delete", id)

refused = import_certificate.sync(
    client=client, body=CertificateImport.from_dict(given["mismatched"])
)
print("refusal", refused.error_code)
