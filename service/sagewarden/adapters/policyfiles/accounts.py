"""The account of a fixture: experiments, trials and components as somebody wrote them down.

What is not said of an entity is: a year old, last changed when it was made or a year ago, without
tags, and of a component, completed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import inf, nan
from typing import TypeVar

from sagewarden.adapters.policyfiles.cursor import (
    LONGEST_KEY,
    LONGEST_TEXT,
    Cursor,
    boolean,
    choice,
    duration,
    entries,
    fields,
    literal,
    moment,
    need,
    one_or_more,
    pairs,
    text,
)
from sagewarden.adapters.policyfiles.measures import (
    LONGEST_METRIC,
    LONGEST_NAME,
    LONGEST_VALUE,
    SUMMARIES,
)
from sagewarden.adapters.policyfiles.models import UNKNOWN, is_unknown, place, read_models
from sagewarden.adapters.policyfiles.nodes import Look, MapNode, ScalarNode
from sagewarden.adapters.policyfiles.past import PAST_FIELDS, read_marks, read_violated
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.core.comparisons import read_number
from sagewarden.core.entities import (
    STATUSES,
    Entity,
    Identity,
    Kind,
    Metrics,
    Origin,
    Parameters,
    Parent,
    Quantity,
    Summary,
    Target,
)
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.models import Artifacts, Models
from sagewarden.core.protection import Reasons
from sagewarden.core.remembered import Past

T = TypeVar("T")

NAME_ALLOWED = "the name of an entity"
ACCOUNT_FIELDS = ("account_id", "region", "experiments", "trials", "components", "models", "unseen")
SHARED_FIELDS = (
    "name",
    "display_name",
    "tags",
    "age",
    "idle",
    "created",
    "changed",
    "created_by",
    "origin",
    "source",
    "held",
    "doubt",
    "listed_only",
    *PAST_FIELDS,
)
OWN_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.EXPERIMENT: (),
    Kind.TRIAL: ("experiment",),
    Kind.COMPONENT: ("trials", "status", "parameters", "metrics", "artifacts"),
}
STATUS_WORDS = (*STATUSES, "absent")
ORIGIN_WORDS = tuple(str(origin) for origin in Origin)

_OLD = timedelta(days=365)
_TIME = 'a time with its zone, in quotes, as in "2026-03-01T12:00:00Z"'
_LONG = 2048
_VALUE = "a number, or a text"
_PLAIN_TARGET = Target("123456789012", "us-east-1")
_ENDLESS = {".inf": inf, "-.inf": -inf, ".nan": nan}
_RESOURCES = {
    Kind.EXPERIMENT: "experiment",
    Kind.TRIAL: "experiment-trial",
    Kind.COMPONENT: "experiment-trial-component",
}


@dataclass(frozen=True, slots=True)
class Account:
    """What there is, what is held by command, which models are in use, what earlier runs left."""

    inventory: Inventory
    holds: Reasons
    past: Past
    models: Models


def read_account(cursor: Cursor, now: datetime) -> Account:
    """Read the account as it is at a time `now` (UTC)."""
    found = fields(cursor, ACCOUNT_FIELDS)
    holds: dict[Identity, tuple[str, ...]] = {}
    target = Target(
        _or(
            found, "account_id", partial(text, allowed="12 digits in quotes"), _PLAIN_TARGET.account
        ),
        _or(found, "region", partial(text, allowed="a region"), _PLAIN_TARGET.region),
    )
    reader = _Entities(target, now, holds)
    inventory = Inventory(
        target=target,
        began=now,
        experiments=reader.read(Kind.EXPERIMENT, found.get("experiments")),
        trials=reader.read(Kind.TRIAL, found.get("trials")),
        components=reader.read(Kind.COMPONENT, found.get("components")),
        gaps=tuple(_unseen(found.get("unseen"))),
    )
    return Account(inventory, holds, reader.past, read_models(found.get("models")))


class _Entities:
    def __init__(
        self, target: Target, now: datetime, holds: dict[Identity, tuple[str, ...]]
    ) -> None:
        self._target = target
        self._now = now
        self._holds = holds
        self.past = Past()

    def read(self, kind: Kind, cursor: Cursor | None) -> dict[str, Entity]:
        """Read all of a kind, by key."""
        there: dict[str, Entity] = {}
        for each in entries(cursor, "a list of mappings") if cursor else ():
            entity = self._entity(kind, each)
            if entity is not None and entity.key in there:
                each.refuse(f"{shown(entity.name)} again", "each name once")
            elif entity is not None:
                there[entity.key] = entity
        return there

    def _entity(self, kind: Kind, cursor: Cursor) -> Entity | None:
        found = fields(cursor, (*SHARED_FIELDS, *OWN_FIELDS[kind]))
        at = need(cursor, found, "name", NAME_ALLOWED)
        name = text(at, NAME_ALLOWED) if at else None
        if name is None:
            return None
        created, changed = self._times(found)
        entity = Entity(
            kind=kind,
            name=name,
            arn=f"arn:aws:sagemaker:{self._target.region}:{self._target.account}"
            f":{_RESOURCES[kind]}/{name.lower()}",
            created=created,
            modified=changed,
            content="" if _or(found, "listed_only", boolean, default=False) else f"{kind} {name}",
            doubt=_or(found, "doubt", _line, None),
            tags=_tags(found.get("tags")),
            display_name=_or(found, "display_name", _line, None),
            status=_status(found) if kind is Kind.COMPONENT else None,
            origin=Origin(_or(found, "origin", _origin, str(Origin.MANUAL))),
            source_arn=_or(found, "source", _line, None),
            created_by=_or(found, "created_by", _line, None),
            experiment=self._experiment(kind, cursor, found),
            parents=_parents(found.get("trials")),
            parameters=_parameters(found.get("parameters")),
            metrics=_metrics(found.get("metrics")),
            artifacts=_artifacts(found.get("artifacts")),
        )
        if reason := _or(found, "held", _line, None):
            self._holds[entity.identity] = (f"held: {reason}",)
        self.past = Past(
            (*self.past.marks, *read_marks(found, entity.identity)),
            (*self.past.violated, *read_violated(found, entity.identity)),
        )
        return entity

    def _experiment(self, kind: Kind, cursor: Cursor, found: Mapping[str, Cursor]) -> str | None:
        if kind is not Kind.TRIAL:
            return None
        at = need(cursor, dict(found), "experiment", f"{NAME_ALLOWED}, or {UNKNOWN}")
        return None if at is None or is_unknown(at) else text(at, NAME_ALLOWED)

    def _times(self, found: Mapping[str, Cursor]) -> tuple[datetime, datetime | None]:
        for one, other in (("age", "created"), ("idle", "changed")):
            if one in found and other in found:
                found[other].refuse(f"both `{one}` and `{other}`", "one of them")
        age: timedelta | None = _or(found, "age", duration, None)
        idle: timedelta | None = _or(found, "idle", duration, None)
        if age is not None and idle is not None and idle > age:
            found["idle"].refuse("more idle time than age", "at most its age")
        created: datetime | None = _or(found, "created", _moment, None)
        nobody_knows = "changed" in found and is_unknown(found["changed"])
        changed: datetime | None = None if nobody_knows else _or(found, "changed", _moment, None)
        if created is None:
            created = self._now - (age or max(_OLD, idle or _OLD))
            created = created if age or changed is None else min(created, changed)
        if changed is None and not nobody_knows:
            changed = self._now - idle if idle else max(created, self._now - _OLD)
        return created, changed


def _or(found: Mapping[str, Cursor], key: str, read: Callable[[Cursor], T | None], default: T) -> T:
    """Read a field if it is there; of what is refused, the default is as good as anything."""
    if key not in found:
        return default
    value = read(found[key])
    return default if value is None else value


def _line(cursor: Cursor) -> str | None:
    return literal(cursor, "a text", _LONG)


def _unseen(cursor: Cursor | None) -> Iterator[Gap]:
    """Read what must be there and was not read: a kind with a name, and because of what."""
    for each in entries(cursor, "a list of mappings") if cursor else ():
        found = fields(each, (*map(str, Kind), "because"))
        reason = _or(found, "because", _line, "it could not be read")
        for kind in Kind:
            if str(kind) in found and (name := text(found[str(kind)], NAME_ALLOWED)) is not None:
                yield Gap(kind, name, reason)


def _moment(cursor: Cursor) -> datetime | None:
    return moment(cursor, _TIME)


def _origin(cursor: Cursor) -> str | None:
    return choice(cursor, ORIGIN_WORDS)


def _status(found: Mapping[str, Cursor]) -> str | None:
    word = _or(found, "status", partial(choice, words=STATUS_WORDS), "Completed")
    return None if word == "absent" else word


def _tags(cursor: Cursor | None) -> dict[str, str] | None:
    """Read tags; `unknown` stands for tags that could not be read."""
    if cursor is None:
        return {}
    if is_unknown(cursor):
        return None
    tags = {}
    for key, value in pairs(cursor, f"tag keys with their values, or {UNKNOWN}"):
        name, tag = literal(key, "a tag key", LONGEST_KEY), _tag_value(value)
        if name is not None and tag is not None:
            tags[name] = tag
    return tags


def _tag_value(cursor: Cursor) -> str | None:
    return literal(cursor, "a tag value", LONGEST_TEXT)


def _parameters(cursor: Cursor | None) -> Parameters:
    """Read parameters: a number without quotes is a number, all else a text."""
    found: dict[str, str | float] = {}
    for key, value in pairs(cursor, "parameter names with their values") if cursor else ():
        name = literal(key, "a parameter's name", LONGEST_NAME)
        given = _number(value) if _is_number(value) else literal(value, _VALUE, LONGEST_VALUE)
        if name is not None and given is not None:
            found[name] = given
    return found


def _metrics(cursor: Cursor | None) -> Metrics:
    """Read metrics: a mapping of the summaries there are, or a number that was logged once."""
    found: dict[Quantity, tuple[float, ...]] = {}
    for key, value in pairs(cursor, "metric names with their summaries") if cursor else ():
        name = literal(key, "a metric's name", LONGEST_METRIC)
        for summary, numbers in _summaries(value):
            if name is not None and numbers is not None:
                found[Quantity(name, summary)] = numbers
    return found


def _summaries(cursor: Cursor) -> Iterator[tuple[Summary, tuple[float, ...] | None]]:
    if not isinstance(cursor.node, MapNode):
        number = _numbers(cursor)
        for summary in SUMMARIES:
            if summary not in {"count", "std_dev"}:
                yield summary, number
        yield "count", (1.0,)
        return
    given = fields(cursor, SUMMARIES)
    for summary in SUMMARIES:
        if summary in given:
            yield summary, _numbers(given[summary])


def _numbers(cursor: Cursor) -> tuple[float, ...] | None:
    """Read a number, several where sources differ, or `unknown`, which is none."""
    return one_or_more(cursor, _number_or_unknown, "at least one number")


def _number_or_unknown(cursor: Cursor) -> float | None:
    return nan if is_unknown(cursor) else _number(cursor)


def _is_number(cursor: Cursor) -> bool:
    return isinstance(cursor.node, ScalarNode) and cursor.node.look in {Look.INTEGER, Look.NUMBER}


def _number(cursor: Cursor) -> float | None:
    scalar = cursor.scalar("a number")
    number = None if scalar is None else _ENDLESS.get(scalar.text) or read_number(scalar.text)
    if scalar is not None and number is None:
        cursor.refuse(shown(scalar.text), "a number")
    return number


def _artifacts(cursor: Cursor | None) -> Artifacts | None:
    """Read places in S3; `unknown` stands for those that could not be read."""
    if cursor is None:
        return ()
    if is_unknown(cursor):
        return None
    places = one_or_more(cursor, place, f"at least one place in S3, or {UNKNOWN}")
    return tuple(sorted(places or ()))


def _parents(cursor: Cursor | None) -> tuple[Parent, ...] | None:
    """Read a component's trials; `unknown` stands for trials that could not be read."""
    if cursor is None:
        return ()
    if is_unknown(cursor):
        return None
    read = partial(text, allowed=NAME_ALLOWED)
    trials = one_or_more(cursor, read, f"at least one trial, or {UNKNOWN}")
    return tuple(Parent(trial, None) for trial in trials or ())
