"""One certificate's life, through the package that openapi-generator makes for Python."""

import json
from pathlib import Path

from scm import ApiClient, ApiException, CertificateImport, CertificatesApi, Configuration

given = json.loads(Path("given.json").read_text())
configuration = Configuration(host=given["endpoint"], api_key={"token": given["token"]})

with ApiClient(configuration) as client:
    certificates = CertificatesApi(client)

    id = certificates.import_certificate(CertificateImport(**given["sound"])).certificate_id
    print("import", id)
    print("show", certificates.show_certificate(id).domain)
    print("list", *(kept.id for kept in certificates.list_certificates().certificates))

    Path("exported.pem").write_text(certificates.export_certificate(id).private_key)
    print("export", "exported.pem")

    certificates.delete_certificate(id)
    print("delete", id)

    try:
        certificates.import_certificate(CertificateImport(**given["mismatched"]))
    except ApiException as refused:
        print("refusal", refused.data.error_code)
