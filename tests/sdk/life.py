"""The life of a certificate by the official SDK, as its users write it.

Takes the server's credentials.json and a folder with leaf.pem, chain.pem, key.pem and other-key.pem.
Stops with an assertion where an answer is not what a user of the SDK reads today.
"""

import json
import os
import pathlib
import sys

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkscm.v3 import (
    DeleteCertificateRequest,
    ExportCertificateRequest,
    ImportCertificateRequest,
    ImportCertificateRequestBody,
    ListCertificatesRequest,
    ScmClient,
    ShowCertificateRequest,
)

server = json.loads(pathlib.Path(sys.argv[1]).read_text())
folder = pathlib.Path(sys.argv[2])
leaf, chain, key, other_key = (
    (folder / name).read_text() for name in ("leaf.pem", "chain.pem", "key.pem", "other-key.pem")
)


def client(ak=server["access_key"], sk=server["secret_key"], domain=server["domain_id"]):
    credentials = GlobalCredentials(ak, sk, domain)
    return (
        ScmClient.new_builder()
        .with_credentials(credentials)
        .with_endpoint(server["base_url"])
        .build()
    )


def by_region():
    """A client that is told a region only, and looks its domain up."""
    os.environ["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = server["base_url"]
    credentials = GlobalCredentials(server["access_key"], server["secret_key"])
    region = Region("my-own-1", server["base_url"])
    return ScmClient.new_builder().with_credentials(credentials).with_region(region).build()


def refusal(call, request):
    try:
        call(request)
    except ClientRequestException as refused:
        assert refused.request_id and len(refused.request_id) == 32, refused
        assert refused.error_msg, refused
        return refused.status_code, refused.error_code
    raise AssertionError("not refused")


def importing(name, certificate=leaf, certificate_chain=chain, private_key=key, **more):
    body = ImportCertificateRequestBody(
        name=name,
        certificate=certificate,
        certificate_chain=certificate_chain,
        private_key=private_key,
        **more,
    )
    return ImportCertificateRequest(body=body)


scm = client()

id = scm.import_certificate(importing("first")).certificate_id
assert len(id) == 16 and id.startswith("scs"), id
joined = scm.import_certificate(importing("second", leaf + chain, None)).certificate_id
assert joined != id
assert refusal(scm.import_certificate, importing("third", private_key=other_key)) == (400, "SCM.0014")
assert refusal(scm.import_certificate, importing("no")) == (400, "SCM.0032")
project = "01234567-89ab-cdef-0123-456789abcdef"
scm.import_certificate(importing("apart", enterprise_project_id=project))

shown = scm.show_certificate(ShowCertificateRequest(certificate_id=id))
assert (shown.id, shown.name, shown.status) == (id, "first", "UPLOAD"), shown
assert (shown.domain, shown.sans, shown.domain_count) == ("www.example.com", "example.com", 2), shown
assert (shown.push_support, shown.wildcard_count) == ("OFF", 0), shown
assert shown.authentification == [] and shown.validity_period is None, shown
assert shown.enterprise_project_id == "0" and len(shown.fingerprint) == 40, shown
assert refusal(
    scm.show_certificate, ShowCertificateRequest(certificate_id="scs0000000000001")
) == (404, "SCM.0020")

everything = scm.list_certificates(ListCertificatesRequest())
assert everything.total_count == 3, everything
assert [c.name for c in everything.certificates] == ["apart", "second", "first"], everything
assert everything.certificates[0].deploy_support is False


def names(**filter):
    page = scm.list_certificates(ListCertificatesRequest(**filter))
    return [certificate.name for certificate in page.certificates]


assert names(sort_key="certUpdateTime", sort_dir="ASC") == ["first", "second", "apart"]
assert names(enterprise_project_id=project) == ["apart"]
assert names(enterprise_project_id="all", limit=50, owned_by_self=True) == [
    "apart",
    "second",
    "first",
]
assert names(content="SECO") == ["second"]
assert names(content="a b*é") == []
assert names(status="UPLOAD", offset=2) == ["first"]
assert names(status="EXPIRED") == [] and names(offset=3) == [] and names(deploy_support=True) == []
assert names(deploy_support=False, expired_days_since=30) == ["apart", "second", "first"]
assert refusal(scm.list_certificates, ListCertificatesRequest(limit=11)) == (400, "SCM.0005")

exported = scm.export_certificate(ExportCertificateRequest(certificate_id=joined))
assert exported.certificate == leaf and exported.certificate_chain == chain
assert exported.entire_certificate == leaf + chain and exported.private_key == key

assert client(domain=None).show_certificate(ShowCertificateRequest(certificate_id=id)).id == id
assert by_region().show_certificate(ShowCertificateRequest(certificate_id=id)).id == id

for ak, sk in [("NOSUCHKEY", server["secret_key"]), (server["access_key"], "wrong")]:
    assert refusal(
        client(ak, sk).show_certificate, ShowCertificateRequest(certificate_id=id)
    ) == (401, "APIGW.0301")

scm.delete_certificate(DeleteCertificateRequest(certificate_id=id))
assert refusal(scm.delete_certificate, DeleteCertificateRequest(certificate_id=id)) == (404, "SCM.0020")
assert refusal(scm.export_certificate, ExportCertificateRequest(certificate_id=id)) == (404, "SCM.0020")
print("every answer is what the SDK's users read")
