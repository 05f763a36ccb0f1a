"""Holds: on some experiments, and deep inside on a single component."""

from dataclasses import replace

from sagewarden.sandbox.records import Component
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.tags import RUN_TAG

LEGAL = "legal-hold"
OWN = "sagewarden:hold"
_EXPERIMENTS = ((LEGAL, 23, 3), (OWN, 59, 5))
_ASSIGNED = ((LEGAL, 900, 47), (OWN, 1_500, 51))
_UNASSIGNED = ((LEGAL, 300, 7), (OWN, 900, 11))
"""Tag, on one in how many, and where to begin."""


def seed_holds(draft: Draft) -> None:
    """Put holds on what is there already."""
    for tag, every, start in _EXPERIMENTS:
        for place in range(start, len(draft.experiments), every):
            held = draft.experiments[place]
            tags = {**held.tags, tag: _reason(tag, place)}
            draft.experiments[place] = replace(held, tags=tags)
    assigned = [
        n for n, made in enumerate(draft.components) if made.trials and RUN_TAG in made.tags
    ]
    unassigned = [n for n, made in enumerate(draft.components) if not made.trials]
    _hold_components(draft.components, assigned, _ASSIGNED)
    _hold_components(draft.components, unassigned, _UNASSIGNED)


def _hold_components(
    components: list[Component], places: list[int], rules: tuple[tuple[str, int, int], ...]
) -> None:
    for tag, every, start in rules:
        for place in places[start::every]:
            held = components[place]
            components[place] = replace(held, tags={**held.tags, tag: _reason(tag, place)})


def _reason(tag: str, number: int) -> str:
    if tag == LEGAL:
        return f"case-{2_000 + number}"
    return "audit sample: ask ines.duarte@example.com"
