"""Spells a fixture as YAML that the strict loader reads back to the same."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isnan
from typing import Any

from sagewarden.adapters.policyfiles.compose import compose
from sagewarden.adapters.policyfiles.models import USES
from sagewarden.adapters.policyfiles.nodes import Look, ScalarNode
from sagewarden.adapters.policyfiles.problems import WHOLE_FILE, Log
from sagewarden.adapters.policyfiles.source import LARGEST, decode
from sagewarden.core.canonical import spell_time
from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Entity, Identity, Kind, Metrics, Origin
from sagewarden.core.inventory import Inventory
from sagewarden.core.models import UNREAD, Models
from sagewarden.core.rehearsal import UNMATCHED, Expectation, Fixture
from sagewarden.core.remembered import Past, Patience

WIDE = 110
"""Characters in a line, as far as entries can be broken."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./@+ -]*(?<! )")
_WORDS = frozenset({"present", "absent", "unknown", "none"})
_SECTIONS = {Kind.EXPERIMENT: "experiments", Kind.TRIAL: "trials", Kind.COMPONENT: "components"}


class Word(str):
    """A word of the language, which takes no quotes."""

    __slots__ = ()


UNKNOWN = Word("unknown")
_USES = {role: word for word, role in USES.items()}


def spell_fixture(fixture: Fixture, heading: str) -> str:
    """Spell a whole fixture; the lines of `heading` become comments on top."""
    lines = [f"# {line}" for line in heading.splitlines()]
    lines += ["version: 1", f"policies: {_value(fixture.policies)}", f"now: {_time(fixture.now)}"]
    if limits := _limits(fixture.limits):
        lines.append(f"limits: {_value(limits)}")
    lines += ["account:", *_account(fixture), "expect:"]
    lines += [line for each in fixture.expectations for line in _entry(_expected(each), "  ")]
    return "\n".join(lines) + "\n"


def fits(spelled: str) -> bool:
    """Whether a file of this text is within what the loader reads of a fixture."""
    log, body = Log(""), spelled.encode()
    text = decode(body, log) if len(body) <= LARGEST else None
    return text is not None and compose(text, log, escaped=True) is not None and not log.problems


def _limits(limits: Patience) -> Mapping[str, Any]:
    told = {
        "min_grace": limits.min_grace and Word(spell_duration(limits.min_grace)),
        "matches": limits.matches,
        "match_interval": limits.match_interval and Word(spell_duration(limits.match_interval)),
        "restored_rest": limits.restored_rest and Word(spell_duration(limits.restored_rest)),
    }
    return {key: value for key, value in told.items() if value}


def _account(fixture: Fixture) -> Iterator[str]:
    inventory = fixture.inventory
    yield f'  account_id: "{inventory.target.account}"'
    yield f"  region: {_value(inventory.target.region)}"
    past = _by_entity(fixture.past)
    for kind, section in _SECTIONS.items():
        some = inventory.of(kind)
        if some:
            yield f"  {section}:"
        for key in sorted(some):
            told = _entity(some[key], fixture) | past.get(some[key].identity, {})
            yield from _entry(told, "    ")
    yield from _unseen(inventory)
    yield from _models(fixture.models)


def _models(models: Models) -> Iterator[str]:
    if models != UNREAD:
        yield "  models: unknown" if models.unread else "  models:"
    for use in models.uses:
        word = _USES[use.role]
        name = use.by.removeprefix("model package " if word == "package" else f"{word} ")
        yield from _entry({word: name, "artifacts": use.uri}, "    ")


def _unseen(inventory: Inventory) -> Iterator[str]:
    if inventory.gaps:
        yield "  unseen:"
    for gap in inventory.gaps:
        yield from _entry({str(gap.kind): gap.name, "because": gap.reason}, "    ")


def _by_entity(past: Past) -> Mapping[Identity, dict[str, Any]]:
    found: dict[Identity, dict[str, Any]] = {}
    for mark in past.marks:
        told: dict[str, Any] = {
            "since": mark.since,
            "due": mark.due,
            "matches": mark.matches,
            "announced": mark.announced,
        }
        of = found.setdefault(mark.identity, {}).setdefault("marked", {})
        of[mark.policy] = {key: value for key, value in told.items() if value is not None}
    for each in past.violated:
        found.setdefault(each.identity, {}).setdefault("violated", {})[each.policy] = each.since
    return found


def _entity(entity: Entity, fixture: Fixture) -> dict[str, Any]:
    """Say of an entity what differs from what a fixture takes for granted."""
    told: dict[str, Any] = {
        "name": entity.name,
        "display_name": entity.display_name,
        "created": entity.created,
        "changed": UNKNOWN if entity.modified is None else entity.modified,
        "tags": UNKNOWN if entity.tags is None else dict(entity.tags),
        "created_by": entity.created_by,
        "origin": None if entity.origin is Origin.MANUAL else Word(entity.origin),
        "source": entity.source_arn,
        "doubt": entity.doubt,
        "listed_only": None if entity.read else Word("true"),
        "held": next(iter(fixture.holds.get(entity.identity, ())), None),
    }
    if entity.kind is Kind.TRIAL:
        told["experiment"] = UNKNOWN if entity.experiment is None else entity.experiment
    if entity.kind is Kind.COMPONENT:
        told |= _component(entity)
        if fixture.models != UNREAD:
            places = entity.artifacts
            told["artifacts"] = UNKNOWN if places is None else list(places)
    return {key: value for key, value in told.items() if value not in (None, {}, [])}


def _component(entity: Entity) -> dict[str, Any]:
    parents = entity.parents
    return {
        "trials": UNKNOWN if parents is None else [each.trial for each in parents],
        "status": Word(entity.status or "absent"),
        "parameters": dict(entity.parameters or {}),
        "metrics": _metrics(entity.metrics or {}),
    }


def _metrics(metrics: Metrics) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for quantity, values in metrics.items():
        spelled = [UNKNOWN if isnan(value) else value for value in values]
        of = told.setdefault(quantity.metric, {})
        of[quantity.summary] = spelled[0] if len(spelled) == 1 else spelled
    return told


def _expected(each: Expectation) -> dict[str, Any]:
    told: dict[str, Any] = {str(each.kind): each.name}
    if each.policy:
        told["policy"] = each.policy
    return told | {"verdict": Word(each.verdict or UNMATCHED)}


def _entry(told: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Spell an entry of a list: on one line if it fits, else a line for each key."""
    line = f"{indent}- {_value(told)}"
    if len(line) <= WIDE:
        yield line
        return
    sign = "- "
    for key, value in told.items():
        yield f"{indent}{sign}{_value(key)}: {_value(value)}"
        sign = "  "


def _value(value: Any) -> str:
    match value:
        case Word():
            return value
        case str():
            return _text(value)
        case datetime():
            return _time(value)
        case float():
            return _number(value)
        case Mapping():
            pairs = (f"{_value(key)}: {_value(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return str(value)


def _time(moment: datetime) -> str:
    return f'"{spell_time(moment)}"'


def _number(value: float) -> str:
    if isnan(value):  # plainly written, it would come back as a text
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _text(text: str) -> str:
    """Spell a text plainly if every reader of YAML takes it for the same text, else in quotes."""
    look = ScalarNode(WHOLE_FILE, text, plain=True).look
    if _PLAIN.fullmatch(text) and text not in _WORDS and look is Look.TEXT:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in {'"', "\\"}:
        return f"\\{letter}"
    if letter.isprintable() and letter.isascii():
        return letter
    return f"\\U{ord(letter):08x}"
