"""`keep`: what stays of all that a policy matches."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial, reduce
from typing import Literal, cast

from sagewarden.adapters.policyfiles.conditions import read_tags
from sagewarden.adapters.policyfiles.cursor import (
    LONGEST_KEY,
    Cursor,
    choice,
    count,
    duration,
    fields,
    need,
    one_or_more,
    text,
)
from sagewarden.adapters.policyfiles.measures import LONGEST_METRIC, SUMMARIES
from sagewarden.adapters.policyfiles.nodes import ScalarNode
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.core.entities import Kind, Quantity, Summary
from sagewarden.core.policy import Best, GroupKey, Keep, Period

PERIODS: tuple[Period, ...] = ("daily", "weekly", "monthly", "yearly")
KEEP_RULES = ("last", "best", "within", *PERIODS, "tags")
KEEP_FIELDS = (*KEEP_RULES, "group_by")
BEST_FIELDS = ("metric", "summary", "order", "count")
ORDERS = ("min", "max")
_METRIC = "a metric's name"
_EVERYWHERE = ("name-prefix",)
_GROUPS: dict[Kind | None, tuple[str, ...]] = {
    Kind.EXPERIMENT: _EVERYWHERE,
    Kind.TRIAL: ("experiment", *_EVERYWHERE),
    Kind.COMPONENT: ("experiment", "trial", *_EVERYWHERE),
    None: ("experiment", "trial", *_EVERYWHERE),
}
TAG = "tag:"
LONGEST_TAG = len(TAG) + LONGEST_KEY


def read_keep(cursor: Cursor, resource: Kind | None) -> Keep | None:
    """Read a keep rule; how it may group and rank depends on the resource."""
    found = fields(cursor, KEEP_FIELDS)
    if found and not found.keys() & set(KEEP_RULES):
        cursor.refuse("a keep without a rule", f"at least one of {', '.join(sorted(KEEP_RULES))}")
    rules = [read(found[key], resource) for key, read in _READERS.items() if key in found]
    groups: tuple[GroupKey, ...] | None = ()
    if "group_by" in found:
        group = partial(_group, resource=resource)
        groups = one_or_more(found["group_by"], group, "at least one group")
    whole = [rule for rule in rules if rule is not None]
    if not whole or len(whole) < len(rules) or groups is None:
        return None
    return reduce(lambda keep, rule: rule(keep), whole, Keep(group_by=groups))


_Rule = Callable[[Keep], Keep]
"""Adds a rule."""


def _last(cursor: Cursor, _resource: Kind | None) -> _Rule | None:
    number = count(cursor)
    return None if number is None else lambda keep: replace(keep, last=number)


def _within(cursor: Cursor, _resource: Kind | None) -> _Rule | None:
    span = duration(cursor)
    return None if span is None else lambda keep: replace(keep, within=span)


def _each(period: Period, cursor: Cursor, _resource: Kind | None) -> _Rule | None:
    number = count(cursor)
    if number is None:
        return None
    return lambda keep: replace(keep, periods=(*keep.periods, (period, number)))


def _tags(cursor: Cursor, _resource: Kind | None) -> _Rule | None:
    tags = read_tags(cursor)
    return None if not tags else lambda keep: replace(keep, tags=tags)


def _best(cursor: Cursor, resource: Kind | None) -> _Rule | None:
    if resource not in {None, Kind.COMPONENT}:
        found = f"`best` for the resource {resource}"
        cursor.refuse(found, "it only for the resource trial-component")
        return None
    found_fields = fields(cursor, BEST_FIELDS)
    metric = need(cursor, found_fields, "metric", _METRIC)
    order = need(cursor, found_fields, "order", "min, max")
    number = need(cursor, found_fields, "count", "a whole number from 1")
    summary = found_fields.get("summary")
    name = text(metric, _METRIC, LONGEST_METRIC) if metric else None
    kind = choice(summary, SUMMARIES) if summary else "last"
    word = choice(order, ORDERS) if order else None
    most = count(number) if number else None
    if name is None or kind is None or word is None or most is None:
        return None
    quantity = Quantity(name, cast("Summary", kind))
    best = Best(quantity, cast('Literal["min", "max"]', word), most)
    return lambda keep: replace(keep, best=best)


_READERS: Mapping[str, Callable[[Cursor, Kind | None], _Rule | None]] = {
    "last": _last,
    "best": _best,
    "within": _within,
    **{period: partial(_each, period) for period in PERIODS},
    "tags": _tags,
}


def group_words(resource: Kind | None) -> tuple[str, ...]:
    """Words that make groups of a resource, besides tags; None stands for any resource."""
    return _GROUPS[resource]


def _group(cursor: Cursor, resource: Kind | None) -> GroupKey | None:
    node = cursor.node
    if isinstance(node, ScalarNode) and node.text.startswith(TAG):
        tag = node.text.removeprefix(TAG)
        if tag.strip():
            return GroupKey("tag", tag) if text(cursor, "tag:KEY", LONGEST_TAG) else None
        cursor.refuse("a group without a tag key", "tag:KEY")
        return None
    words = _GROUPS[resource]
    if isinstance(node, ScalarNode) and node.text in set(_GROUPS[None]) - set(words):
        found = f"{shown(node.text)}, which says nothing of the resource {resource}"
        cursor.refuse(found, ", ".join((*words, "tag:KEY")))
        return None
    match choice(cursor, words, also=", tag:KEY"):
        case "experiment":
            return GroupKey("experiment")
        case "trial":
            return GroupKey("trial")
        case "name-prefix":
            return GroupKey("name-prefix")
        case _:
            return None
