"""What no schema can say: bundles that belong together, ids that are kept, tokens that are good.

`cargo xtask schemathesis` makes the bundles and the user, and says by variables where they are. Three of four valid
requests are given what works, so that successes are explored too; the fourth stays as it was drawn.
"""

import atexit
import collections
import datetime
import hashlib
import hmac
import json
import os
import re
import zlib
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

import requests
import schemathesis
from schemathesis.generation.meta import TestPhase

SERVER = os.environ["SCM_SERVER"]
WITH_A_BUNDLE = ["ImportCertificate", "ReplaceCertificate"]
OF_ONE_CERTIFICATE = [
    "ShowCertificate",
    "ReplaceCertificate",
    "UpdateCertificate",
    "DeleteCertificate",
    "ExportCertificate",
]
WITH_A_NAME = ["ImportCertificate", "ReplaceCertificate", "UpdateCertificate"]
HIDDEN = re.compile("[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]")
ABOUT_A_TOKEN = ["ShowToken", "CheckToken", "RevokeToken"]

with open(os.environ["SCM_BUNDLES"], encoding="utf-8") as file:
    BUNDLES = json.load(file)
with open(os.environ["SCM_USER"], encoding="utf-8") as file:
    USER = json.load(file)

kept = []
heard = collections.defaultdict(collections.Counter)


def drawn(case):
    """A number that depends on nothing but what was drawn."""
    subject = (case.headers or {}).get("X-Subject-Token")
    return zlib.crc32(repr((case.path_parameters, case.query, case.body, subject)).encode("utf-8", "replace"))


def works(case):
    """Whether a request is to be given what works."""
    return case.meta is not None and case.meta.generation.mode.is_positive and drawn(case) % 4 != 0


@schemathesis.hook("map_case").apply_to(operation_id=WITH_A_BUNDLE)
def with_a_bundle(context, case):
    if works(case) and isinstance(case.body, dict):
        case.body.update(BUNDLES[drawn(case) % len(BUNDLES)])
        # Those of SM2, which is not supported.
        case.body.pop("enc_certificate", None)
        case.body.pop("enc_private_key", None)
        if "Idempotency-Key" in (case.headers or {}) and drawn(case) % 8 != 1:
            # Of its own: the one that was drawn stands for another bundle before long.
            case.headers["Idempotency-Key"] = f"{drawn(case)}"
    return case


@schemathesis.hook("map_case").apply_to(operation_id=WITH_A_NAME)
def on_one_line(context, case):
    """The document states in words that names and descriptions are one line: the generators' languages
    write such a pattern each in its own way."""
    if case.meta is not None and case.meta.generation.mode.is_positive and isinstance(case.body, dict):
        for field in ("name", "description"):
            if isinstance(case.body.get(field), str):
                case.body[field] = HIDDEN.sub("x", case.body[field])
    return case


@schemathesis.hook("map_case").apply_to(operation_id=OF_ONE_CERTIFICATE)
def about_a_kept_certificate(context, case):
    if works(case) and kept and case.meta.phase.name != TestPhase.STATEFUL:
        case.path_parameters["certificate_id"] = kept[drawn(case) % len(kept)]
    return case


@schemathesis.hook("map_case").apply_to(operation_id="CreateToken")
def with_a_password(context, case):
    if works(case) and isinstance(case.body, dict):
        case.body = logging_in(drawn(case))
    return case


@schemathesis.hook("map_case").apply_to(operation_id=ABOUT_A_TOKEN)
def about_a_good_token(context, case):
    if works(case):
        # A new one each time: the row that revokes it is among them.
        case.headers["X-Subject-Token"] = new_token()
    return case


class Signature(requests.auth.AuthBase):
    """Signs what is really sent, as the cloud's SDKs do: method, path, query, two headers and the body."""

    def __call__(self, request):
        request.headers.pop("X-Auth-Token", None)
        url = urlsplit(request.url)
        path = spelled(unquote_to_bytes(url.path), safe="/")
        now = datetime.datetime.now(datetime.timezone.utc)
        signed = {"host": url.netloc, "x-sdk-date": now.strftime("%Y%m%dT%H%M%SZ")}
        body = request.body or b""
        canonical = [
            request.method.upper(),
            path if path.endswith("/") else path + "/",
            "&".join(f"{spelled(name)}={spelled(value)}" for name, value in sorted(pairs(url.query))),
            *[f"{name}:{value}" for name, value in signed.items()],
            "",
            ";".join(signed),
            hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest(),
        ]
        canonical = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        text = f"SDK-HMAC-SHA256\n{signed['x-sdk-date']}\n{canonical}"
        signature = hmac.new(USER["secret_key"].encode(), text.encode(), hashlib.sha256).hexdigest()
        request.headers["X-Sdk-Date"] = signed["x-sdk-date"]
        request.headers["Authorization"] = (
            f"SDK-HMAC-SHA256 Access={USER['access_key']}, SignedHeaders={';'.join(signed)}, Signature={signature}"
        )
        return request


def pairs(query):
    """Names and values of a query, as bytes."""
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        yield tuple(unquote_to_bytes(part.replace("+", " ")) for part in (name, value))


def spelled(text, safe=""):
    return quote_from_bytes(text, safe=safe + "-_.~")


class Token:
    def get(self, case, context):
        return new_token()

    def set(self, case, data, context):
        case.headers["X-Auth-Token"] = data


if os.environ["SCM_PROOF"] == "token":
    schemathesis.auth()(Token)
elif os.environ["SCM_PROOF"] == "signature":
    schemathesis.auth.set_from_requests(Signature())


def new_token():
    answer = requests.post(f"{SERVER}/v3/auth/tokens", json=logging_in(0), timeout=30)
    return answer.headers["X-Subject-Token"]


def logging_in(number):
    """One of the ways to log in."""
    who = [
        {"name": USER["user"], "domain": {"id": USER["domain_id"]}},
        {"name": USER["user"], "domain": {"name": USER["domain_name"]}},
    ]
    where = [
        {"project": {"id": USER["project_id"]}},
        {"project": {"name": USER["project_name"]}},
    ]
    user = {"password": USER["password"], **who[number % 2]}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": where[number // 2 % 2]}}


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.definition.raw["operationId"]
    heard[operation][response.status_code] += 1
    if operation == "ImportCertificate" and response.status_code == 200:
        kept.append(response.json()["certificate_id"])
    if operation == "DeleteCertificate" and response.status_code == 204:
        gone = case.path_parameters["certificate_id"]
        kept[:] = [one for one in kept if one != gone]


@schemathesis.check
def a_sound_bundle_is_taken(context, response, case):
    """The other side of the exception in `schemathesis.toml`."""
    operation = case.operation.definition.raw["operationId"]
    if operation not in WITH_A_BUNDLE or response.status_code != 400:
        return
    if not (case.meta and case.meta.generation.mode.is_positive and isinstance(case.body, dict)):
        return
    sound = any(bundle.items() <= case.body.items() for bundle in BUNDLES)
    sound = sound and not (case.body.get("enc_certificate") or case.body.get("enc_private_key"))
    twice = response.json()["error_code"] == "SCM.9001" and case.body.get("duplicate_check")
    other = response.json()["error_code"] == "SCM.9002" and case.headers.get("Idempotency-Key")
    if sound and not twice and not other:
        raise AssertionError(f"a sound bundle is refused: {response.text}")


@atexit.register
def tell():
    with open(os.environ["SCM_HEARD"], "w", encoding="utf-8") as out:
        json.dump(heard, out)
