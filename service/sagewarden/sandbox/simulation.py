"""IAM's SimulatePrincipalPolicy, answered by the knobs that refuse calls themselves.

These are `denied` and `protected_tags`; everything else is allowed, to everybody.

Members are as the service model of IAM (2010-05-08) has them; a list's are numbered from 1.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from sagewarden.sandbox.knobs import Knobs
from sagewarden.sandbox.wire import Answer, Request

OPERATION = "SimulatePrincipalPolicy"
GUARDED = ("sagemaker:Delete*", "sagemaker:Disassociate*")
"""Actions that `protected_tags` refuses."""

_TAG = "aws:ResourceTag/"
_XML = (("Content-Type", "text/xml"),)


def simulated(account: str, request: Request, knobs: Knobs) -> Answer:
    """Answer each action on each resource."""
    given = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    denied = (*knobs.denied.get(account, ()), *knobs.denied.get("*", ()))
    held = any(
        fnmatchcase(key.removeprefix(_TAG), glob)
        for key in _listed(given, "ContextEntries.member.{}.ContextKeyName")
        if key.startswith(_TAG)
        for glob in knobs.protected_tags
    )
    results = "".join(
        _result(action, resource, _decided(action, denied, held=held))
        for action in _listed(given, "ActionNames.member.{}")
        for resource in list(_listed(given, "ResourceArns.member.{}")) or ["*"]
    )
    body = (
        f"<{OPERATION}Response xmlns='https://iam.amazonaws.com/doc/2010-05-08/'>"
        f"<{OPERATION}Result><IsTruncated>false</IsTruncated>"
        f"<EvaluationResults>{results}</EvaluationResults></{OPERATION}Result>"
        f"<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></{OPERATION}Response>"
    )
    return Answer(200, body.encode(), _XML)


def _listed(given: Mapping[str, str], name: str) -> Iterator[str]:
    number = 1
    while (member := name.format(number)) in given:
        yield given[member]
        number += 1


def _decided(action: str, denied: tuple[str, ...], *, held: bool) -> str:
    if held and any(fnmatchcase(action, glob) for glob in GUARDED):
        return "explicitDeny"
    return "implicitDeny" if any(fnmatchcase(action, glob) for glob in denied) else "allowed"


def _result(action: str, resource: str, decision: str) -> str:
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{decision}</EvalDecision></member>"
    )
