"""Requests checked against botocore's own service model, in the words of AWS's front end.

Each shape is compiled once into a function that takes the value, where it stands and the list of
complaints, and gives the value back as the operations want it (timestamps as epoch seconds).
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from sagewarden.sandbox.refusal import Refusal, invalid

Check = Callable[[Any, str, list[str]], Any]
_PUNCTUATION_SPACES = " \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
_UNICODE_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": _PUNCTUATION_SPACES}

LENIENT = {("CreateArtifactRequest", "ArtifactName")}
"""Members whose pattern AWS cannot mean: both SDKs send plain file names there ("data.csv")."""


@cache
def service_model(service: str) -> ServiceModel:
    """Load the model of a service as the installed botocore ships it."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def compiled(service: str, operation: str) -> Check:
    """Compile the check of one operation's input."""
    shape = service_model(service).operation_model(operation).input_shape
    return _Compiler().check_of(shape) if shape is not None else _anything


def checked(service: str, operation: str, params: Any) -> Any:
    """Return the request's parameters, or refuse them with every complaint at once."""
    complaints: list[str] = []
    valid = compiled(service, operation)(params, "", complaints)
    if complaints:
        noun = "error" if len(complaints) == 1 else "errors"
        raise invalid(
            f"{len(complaints)} validation {noun} detected: {'; '.join(complaints)}",
        )
    return valid


def _anything(value: Any, _where: str, _complaints: list[str]) -> Any:
    return value


def _complain(complaints: list[str], value: Any, where: str, rule: str) -> None:
    shown = "null" if value is None else f"'{value}'"
    complaints.append(f"Value {shown} at '{where}' failed to satisfy constraint: Member {rule}")


def _unconvertible(value: Any, wanted: str) -> Refusal:
    return Refusal(
        "SerializationException", f"{type(value).__name__} can not be converted to {wanted}"
    )


def _below(where: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{where}.{name}" if where else name


def _length_check(shape: Shape) -> Check:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(value: Any, where: str, complaints: list[str]) -> Any:
        if least is not None and len(value) < least:
            _complain(
                complaints, value, where, f"must have length greater than or equal to {least}"
            )
        if most is not None and len(value) > most:
            _complain(complaints, value, where, f"must have length less than or equal to {most}")
        return value

    return check


class _Compiler:
    """Makes checks; remembers those it made, for shapes that hold themselves."""

    def __init__(self) -> None:
        self._made: dict[str, Check] = {}

    def check_of(self, shape: Shape) -> Check:
        """Make the check of a shape, or find it."""
        if shape.name in self._made:
            return self._made[shape.name]
        made = self._made

        def later(value: Any, where: str, complaints: list[str]) -> Any:
            return made[shape.name](value, where, complaints)

        made[shape.name] = later
        makers: dict[str, Callable[[Any], Check]] = {
            "structure": self._structure,
            "list": self._list,
            "map": self._map,
            "string": _string,
            "timestamp": lambda _: _timestamp,
            "boolean": lambda _: _boolean,
        }
        numeric = shape.type_name in {"integer", "long", "double", "float"}
        maker = _number if numeric else makers.get(shape.type_name, lambda _: _anything)
        self._made[shape.name] = maker(shape)
        return self._made[shape.name]

    def _structure(self, shape: StructureShape) -> Check:
        members = {
            name: _length_check(member) if (shape.name, name) in LENIENT else self.check_of(member)
            for name, member in shape.members.items()
        }
        required = tuple(shape.required_members)

        def check(value: Any, where: str, complaints: list[str]) -> Any:
            if not isinstance(value, dict):
                raise _unconvertible(value, "a structure")
            for name in required:
                if value.get(name) is None:
                    _complain(complaints, None, _below(where, name), "must not be null")
            return {
                name: members[name](inner, _below(where, name), complaints)
                for name, inner in value.items()
                if inner is not None and name in members
            }

        return check

    def _list(self, shape: ListShape) -> Check:
        length, member = _length_check(shape), self.check_of(shape.member)

        def check(value: Any, where: str, complaints: list[str]) -> Any:
            if not isinstance(value, list):
                raise _unconvertible(value, "a list")
            length(value, where, complaints)
            return [
                member(inner, f"{where}.{number}.member", complaints)
                for number, inner in enumerate(value, 1)
            ]

        return check

    def _map(self, shape: MapShape) -> Check:
        length = _length_check(shape)
        key_check, value_check = self.check_of(shape.key), self.check_of(shape.value)

        def check(value: Any, where: str, complaints: list[str]) -> Any:
            if not isinstance(value, dict):
                raise _unconvertible(value, "a map")
            length(value, where, complaints)
            return {
                key_check(key, f"{where}.key", complaints): value_check(
                    inner, f"{where}.{key}.member", complaints
                )
                for key, inner in value.items()
            }

        return check


def _pattern_of(shape: Shape) -> re.Pattern[str] | None:
    """Return the pattern of a shape, or None where anything goes.

    Patterns are Java's; the few that Python cannot read (classes of marks, of punctuation) let
    anything pass, for the service model has them on fields that no fact here is about.
    """
    written = shape.metadata.get("pattern")
    if written in {None, ".*"}:  # free text, line breaks and all
        return None
    for java, python in _UNICODE_CLASSES.items():
        written = written.replace(java, python)
    try:
        return re.compile(written)
    except re.error:
        return None


def _string(shape: Shape) -> Check:
    length, pattern = _length_check(shape), _pattern_of(shape)
    written, allowed = shape.metadata.get("pattern"), shape.metadata.get("enum")

    def check(value: Any, where: str, complaints: list[str]) -> Any:
        if not isinstance(value, str):
            raise _unconvertible(value, "a String")
        length(value, where, complaints)
        if pattern is not None and not pattern.fullmatch(value):
            rule = f"must satisfy regular expression pattern: {written}"
            _complain(complaints, value, where, rule)
        if allowed and value not in allowed:
            rule = f"must satisfy enum value set: [{', '.join(allowed)}]"
            _complain(complaints, value, where, rule)
        return value

    return check


def _number(shape: Shape) -> Check:
    whole = shape.type_name in {"integer", "long"}
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(value: Any, where: str, complaints: list[str]) -> Any:
        if not whole and value in {"NaN", "Infinity", "-Infinity"}:
            return value
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise _unconvertible(value, "an Integer" if whole else "a Double")
        if least is not None and value < least:
            rule = f"must have value greater than or equal to {least}"
            _complain(complaints, value, where, rule)
        if most is not None and value > most:
            _complain(complaints, value, where, f"must have value less than or equal to {most}")
        return value

    return check


def _boolean(value: Any, _where: str, _complaints: list[str]) -> Any:
    if not isinstance(value, bool):
        raise _unconvertible(value, "a Boolean")
    return value


def _timestamp(value: Any, _where: str, _complaints: list[str]) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return round(float(value), 3)
    return epoch_of(str(value))


def epoch_of(text: str) -> float:
    """Read a timestamp written as ISO 8601 (UTC unless it says otherwise) or as epoch seconds."""
    try:
        return round(float(text), 3)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise _unconvertible(text, "a Timestamp") from None
    return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp(), 3)
