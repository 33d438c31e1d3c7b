"""What the official SDK tells somebody whose access key may only look.

Takes a file with base_url, access_key and secret_key of a reader, and the certificate_id of a
certificate in their project. Stops with an assertion where an answer is not what a user of the SDK
reads today.
"""

import json
import pathlib
import sys

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkscm.v3 import (
    DeleteCertificateRequest,
    ExportCertificateRequest,
    ImportCertificateRequest,
    ImportCertificateRequestBody,
    ListCertificatesRequest,
    ScmClient,
    ShowCertificateRequest,
)

reader = json.loads(pathlib.Path(sys.argv[1]).read_text())
id = reader["certificate_id"]


def client(secret=reader["secret_key"]):
    credentials = GlobalCredentials(reader["access_key"], secret)
    return (
        ScmClient.new_builder()
        .with_credentials(credentials)
        .with_endpoint(reader["base_url"])
        .build()
    )


def refusal(call, request):
    try:
        call(request)
    except ClientRequestException as refused:
        assert len(refused.request_id) == 32, refused
        return refused
    raise AssertionError("not refused")


scm = client()
assert scm.show_certificate(ShowCertificateRequest(certificate_id=id)).id == id
assert scm.list_certificates(ListCertificatesRequest()).total_count == 1

body = ImportCertificateRequestBody(name="name", certificate="", private_key="")
for call, request, action in [
    (scm.export_certificate, ExportCertificateRequest(certificate_id=id), "scm:cert:export"),
    (scm.delete_certificate, DeleteCertificateRequest(certificate_id=id), "scm:cert:delete"),
    (scm.import_certificate, ImportCertificateRequest(body=body), "scm:cert:import"),
]:
    refused = refusal(call, request)
    assert (refused.status_code, refused.error_code) == (403, "SCM.4002"), refused
    assert action in refused.error_msg, refused

guessing = client("wrong")
for _ in range(5):
    refused = refusal(guessing.list_certificates, ListCertificatesRequest())
    assert (refused.status_code, refused.error_code) == (401, "APIGW.0301"), refused
    assert "verify aksk signature fail, canonicalRequestHash:" in refused.error_msg, refused
    assert "GET|/v3/scm/certificates/|" in refused.error_msg, refused
locked = refusal(scm.list_certificates, ListCertificatesRequest())
assert locked.error_msg.endswith("AK access failed to reach the limit, forbidden"), locked
print("every answer is what the SDK's users read")
