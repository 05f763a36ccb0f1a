"""Who calls what: read from the SigV4 credential scope, the target header and the path."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sagewarden.sandbox.knobs import DEFAULT_ACCOUNT
from sagewarden.sandbox.wire import Request

ACCOUNT_LIKE = re.compile(r"\d{12}")
TARGETS = {
    "SageMaker": "sagemaker",
    "ResourceGroupsTaggingAPI_20170126": "resourcegroupstaggingapi",
    "AWSOrganizationsV20161128": "organizations",
}
METRICS_PATHS = {"/BatchPutMetrics": "BatchPutMetrics", "/BatchGetMetrics": "BatchGetMetrics"}
RPC_PATH = re.compile(r"/service/(\w+)/operation/(\w+)")
ADMIN_PREFIX = "/_sandbox/"


@dataclass(frozen=True, slots=True)
class Address:
    """What a request is for. `cbor` says how its body is written."""

    service: str
    operation: str
    account: str
    region: str
    access_key: str
    cbor: bool = False


class Credentials:
    """Which account an access key belongs to."""

    def __init__(self) -> None:
        self._lent: dict[str, str] = {}

    def lend(self, access_key: str, role: str) -> None:
        """Remember a key that AssumeRole gave out, by its role's ARN."""
        self._lent[access_key] = role

    def role_of(self, access_key: str) -> str:
        """Return the ARN of the role that a key was lent to; empty if to none."""
        return self._lent.get(access_key, "")

    def account_of(self, access_key: str) -> str:
        """Return the account: of a lent key its role's; 12 digits mean themselves."""
        if lent := self._lent.get(access_key):
            return lent.split(":")[4]
        return access_key if ACCOUNT_LIKE.fullmatch(access_key) else DEFAULT_ACCOUNT


def address_of(request: Request, credentials: Credentials) -> Address:
    """Work out service, operation, account and region of a request."""
    access_key, region, signed_for = _scope(request)
    account = credentials.account_of(access_key)
    target = request.headers.get("x-amz-target")
    if target is not None:
        prefix, _, operation = target.partition(".")
        service = TARGETS.get(prefix, signed_for)
        return Address(service, operation, account, region, access_key)
    path = request.path
    if path in METRICS_PATHS:
        return Address("sagemaker-metrics", METRICS_PATHS[path], account, region, access_key)
    rpc = RPC_PATH.fullmatch(path)
    if rpc:
        service = TARGETS.get(rpc[1], signed_for)
        return Address(service, rpc[2], account, region, access_key, cbor=True)
    operation = _operation_of(signed_for, request)
    return Address(signed_for, operation, account, region, access_key)


def _scope(request: Request) -> tuple[str, str, str]:
    """Return access key, region and service of the signature; unsigned is taken for S3."""
    written = request.headers.get("authorization", "")
    start = written.find("Credential=")
    if start >= 0:
        scope = written[start + 11 : written.find(",", start)].split("/")
    else:
        scope = dict(parse_qsl(request.query)).get("X-Amz-Credential", "").split("/")
    if len(scope) < 5:  # noqa: PLR2004 - key/date/region/service/aws4_request
        return "", "us-east-1", "s3"
    return "/".join(scope[:-4]), scope[-3], scope[-2]


def _operation_of(service: str, request: Request) -> str:
    if service == "s3":
        return s3_operation(request)
    if service == "ses":
        return SES_PATHS.get((request.method, request.path), request.method)
    parameters = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    parameters |= dict(parse_qsl(request.query))
    return parameters.get("Action", request.method)


SES_PATHS = {
    ("POST", "/v2/email/outbound-emails"): "SendEmail",
    ("POST", "/v2/email/identities"): "CreateEmailIdentity",
}
S3_OBJECT = {
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
    "POST": "PostObject",
}
S3_BUCKET = {
    "GET": "ListObjects",
    "HEAD": "HeadBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
    "POST": "PostBucket",
}
S3_BY_QUERY = {
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "uploads"): "ListMultipartUploads",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("PUT", "uploadId"): "UploadPart",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("POST", "delete"): "DeleteObjects",
    ("GET", "list-type"): "ListObjectsV2",
}
S3_ASPECTS = {
    "versioning": "BucketVersioning",
    "object-lock": "ObjectLockConfiguration",
    "lifecycle": "BucketLifecycleConfiguration",
    "encryption": "BucketEncryption",
    "policy": "BucketPolicy",
    "publicAccessBlock": "PublicAccessBlock",
    "location": "BucketLocation",
    "tagging": "Tagging",
    "retention": "ObjectRetention",
    "legal-hold": "ObjectLegalHold",
    "acl": "Acl",
}


def s3_operation(request: Request) -> str:
    """Name the S3 operation of a path-style request."""
    asked = [name for name, _ in parse_qsl(request.query, keep_blank_values=True)]
    for name in asked:
        if (request.method, name) in S3_BY_QUERY:
            return S3_BY_QUERY[request.method, name]
        if name in S3_ASPECTS:
            return request.method.capitalize() + S3_ASPECTS[name]
    bucket, _, key = request.path.lstrip("/").partition("/")
    if not bucket:
        return "ListBuckets"
    if key and request.method == "PUT" and "x-amz-copy-source" in request.headers:
        return "CopyObject"
    return (S3_OBJECT if key else S3_BUCKET).get(request.method, request.method)
