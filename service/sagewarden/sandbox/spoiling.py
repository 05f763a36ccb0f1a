"""What faults do to an answer after the call was applied."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor2
import orjson

from sagewarden.sandbox import pages
from sagewarden.sandbox.addressing import Address
from sagewarden.sandbox.engine import Admission, kill, stop
from sagewarden.sandbox.protocols import CBOR, OWN, refused
from sagewarden.sandbox.refusal import BROKEN
from sagewarden.sandbox.rules import Fault
from sagewarden.sandbox.wire import DROPPED, Answer

TOKENS = ("NextToken", "PaginationToken")
Spoil = Callable[[dict[str, Any], Fault, dict[str, Any]], None]


def spoiled(address: Address, admission: Admission, answer: Answer) -> Answer:
    """Do to a good answer what the faults of its call say."""
    for fault in admission.faults:
        answer = _spoil(address, admission, fault, answer)
    return answer


def _spoil(address: Address, admission: Admission, fault: Fault, answer: Answer) -> Answer:
    match fault.action:
        case "drop_after":
            return DROPPED
        case "kill_after":
            kill(fault)
            return DROPPED
        case "stop_after":
            stop(fault)
            return answer
        case "error_500_after":
            return refused(address, BROKEN)
        case "delay":
            return replace(answer, delay=answer.delay + fault.seconds)
        case "truncate":
            return replace(answer, body=answer.body[: int(len(answer.body) * fault.keep)])
        case _:
            return _rewritten(address, admission, fault, answer)


def _rewritten(address: Address, admission: Admission, fault: Fault, answer: Answer) -> Answer:
    change = _CHANGES.get(fault.action)
    if change is None or address.service not in OWN or answer.dropped or not answer.body:
        return answer
    cbor = answer.headers is CBOR
    content = cbor2.loads(answer.body) if cbor else orjson.loads(answer.body)
    change(content, fault, admission.logged.params or {})
    body = cbor2.dumps(content) if cbor else orjson.dumps(content)
    return replace(answer, body=body)


def _empty_page(content: dict[str, Any], _fault: Fault, params: dict[str, Any]) -> None:
    """Empty the page, and give a token that goes on from where this page began."""
    for name, value in content.items():
        if isinstance(value, list):
            content[name] = []
    given = next((params[name] for name in TOKENS if params.get(name)), None)
    content[_token_name(content)] = pages.token_of(pages.place_of(given))


def _repeat_token(content: dict[str, Any], _fault: Fault, params: dict[str, Any]) -> None:
    """Answer with the token that was asked with, or with one for the first page."""
    given = next((params[name] for name in TOKENS if params.get(name)), None)
    content[_token_name(content)] = given or pages.token_of(None)


def _token_name(content: dict[str, Any]) -> str:
    return "PaginationToken" if "ResourceTagMappingList" in content else "NextToken"


def _missing_field(content: dict[str, Any], fault: Fault, _params: dict[str, Any]) -> None:
    path = fault.name.split(".") if fault.name else list(content)[:1]
    if path:
        _remove(content, path)


def _remove(value: Any, path: list[str]) -> None:
    if isinstance(value, list):
        for inner in value:
            _remove(inner, path)
    elif isinstance(value, dict) and len(path) == 1:
        value.pop(path[0], None)
    elif isinstance(value, dict):
        _remove(value.get(path[0]), path[1:])


_CHANGES: dict[str, Spoil] = {
    "empty_page": _empty_page,
    "repeat_token": _repeat_token,
    "missing_field": _missing_field,
}
