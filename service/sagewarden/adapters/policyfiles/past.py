"""What a fixture tells of past runs: `marked` and `violated` of an entity, `limits` of them all."""

from collections.abc import Mapping

from sagewarden.adapters.policyfiles.cursor import (
    Cursor,
    count,
    duration,
    fields,
    moment,
    need,
    pairs,
    text,
)
from sagewarden.core.entities import Identity
from sagewarden.core.remembered import MarkedSince, Patience, ViolatedSince

PAST_FIELDS = ("marked", "violated")
MARK_FIELDS = ("since", "due", "matches", "announced")
LIMIT_FIELDS = ("min_grace", "matches", "match_interval", "restored_rest")
_TIME = 'a time with its zone, in quotes, as in "2026-03-01T12:00:00Z"'
_POLICY = "the name of a policy"
_MARKS = "names of policies, each with since, due, matches and announced"
_VIOLATED = "names of policies, each with a time"


def read_limits(cursor: Cursor) -> Patience:
    """Read what differs from the usual `limits` of the settings."""
    found = fields(cursor, LIMIT_FIELDS)
    return Patience(
        duration(found["min_grace"]) if "min_grace" in found else None,
        count(found["matches"]) if "matches" in found else None,
        duration(found["match_interval"]) if "match_interval" in found else None,
        duration(found["restored_rest"]) if "restored_rest" in found else None,
    )


def read_marks(found: Mapping[str, Cursor], identity: Identity) -> tuple[MarkedSince, ...]:
    """Read the marks of an entity."""
    listed = pairs(found["marked"], _MARKS) if "marked" in found else ()
    read = [_mark(key, value, identity) for key, value in listed]
    return tuple(each for each in read if each is not None)


def _mark(key: Cursor, value: Cursor, identity: Identity) -> MarkedSince | None:
    policy, found = text(key, _POLICY), fields(value, MARK_FIELDS)
    times = [need(value, found, name, _TIME) for name in ("since", "due")]
    since, due = (None if each is None else moment(each, _TIME) for each in times)
    matches = count(found["matches"]) if "matches" in found else 1
    announced = moment(found["announced"], _TIME) if "announced" in found else None
    if policy is None or since is None or due is None or matches is None:
        return None
    return MarkedSince(
        identity=identity, policy=policy, since=since, due=due, matches=matches, announced=announced
    )


def read_violated(found: Mapping[str, Cursor], identity: Identity) -> tuple[ViolatedSince, ...]:
    """Read since when an entity lacks what policies require."""
    listed = pairs(found["violated"], _VIOLATED) if "violated" in found else ()
    read = [(text(key, _POLICY), moment(value, _TIME)) for key, value in listed]
    return tuple(
        ViolatedSince(identity, policy, since)
        for policy, since in read
        if policy is not None and since is not None
    )
