"""What a run has done so far: its journal's outcomes as they are written, for whoever watches."""

import json
from collections import Counter

from sagewarden.core.journal import Settled
from sagewarden.core.keys import Family, family_of
from sagewarden.core.tags import TagsSettled

Moved = Counter[tuple[str, str, str]]
"""Counts by effect, kind and outcome."""


def moved(key: str, body: bytes) -> Moved:
    """Count what an object of the vault tells that was done; nothing unless it is an outcome.

    Raise ValueError or IntegrityError when it is broken.
    """
    if family_of(key) != Family.JOURNAL:
        return Counter()
    if key.endswith("-outcome"):
        outcomes = Settled.read(json.loads(body)).outcomes
        return Counter(
            (str(each.step.effect), str(each.step.identity.kind), str(each.result))
            for each in outcomes
        )
    if key.endswith("-tagged"):
        return Counter(
            (
                "untag" if each.step.after is None else "tag",
                str(each.step.identity.kind),
                str(each.result),
            )
            for each in TagsSettled.read(json.loads(body)).outcomes
        )
    return Counter()
