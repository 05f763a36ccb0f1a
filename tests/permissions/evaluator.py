"""Judges a request by policy documents as IAM does: what is denied is denied, else it needs leave.

Evaluation logic and operators: IAM user guide, "Policy evaluation logic" and "IAM JSON policy
elements: Condition operators". Knows only the operators that our documents use.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What somebody wants to do; the names of keys in `context` are lower case."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def allowed(documents: Iterable[Document], request: Request) -> bool:
    """Whether the documents of one identity let a request through."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in document["Statement"]
        if applies(statement, request)
    }
    return effects == {"Allow"}


def applies(statement: Mapping[str, Any], request: Request) -> bool:
    """Whether a statement is about a request."""
    return (
        any(_like(request.action.lower(), each.lower()) for each in statement["Action"])
        and any(_like(request.resource, each) for each in statement["Resource"])
        and all(
            _holds(operator, request.context.get(key.lower(), ()), wanted)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, found: tuple[str, ...], wanted: Any) -> bool:
    values = [wanted] if isinstance(wanted, str) else list(wanted)
    match operator:
        case "Null":
            return (not found) == (values == ["true"])
        case "StringEquals" | "Bool" | "ForAnyValue:StringEquals":
            return any(each in values for each in found)
        case "StringLike":
            return any(_like(each, glob) for each in found for glob in values)
        case "StringLikeIfExists":
            return not found or any(_like(each, glob) for each in found for glob in values)
        case "ForAllValues:StringEquals":
            return all(each in values for each in found)
        case _:
            raise NotImplementedError(operator)


def _like(text: str, glob: str) -> bool:
    return fnmatchcase(text, glob.replace("[", "[[]"))
