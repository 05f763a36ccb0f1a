"""How many components each part of the account gets."""

from typing import NamedTuple

from sagewarden.sandbox.seed.classic import KNOT_SIZE
from sagewarden.sandbox.seed.extremes import EXTREME_COMPONENTS
from sagewarden.sandbox.seed.hostile import HOSTILE_COMPONENTS

_UNASSIGNED = 0.6
_LEAST = {"classic": KNOT_SIZE, "pipelines": 5, "tuning": 3, "automl": 3}
_LEAST_RUNS = 50
_PARTS = {"classic": 0.17, "pipelines": 0.19, "tuning": 0.09, "automl": 0.06}
_SPECIAL = HOSTILE_COMPONENTS + EXTREME_COMPONENTS
_SPECIAL_ONE_IN = 11


class Shares(NamedTuple):
    """Numbers of components; their sum is the size of the account."""

    unassigned: int
    hostile: int
    extremes: int
    runs: int
    classic: int
    pipelines: int
    tuning: int
    automl: int


def shares_of(components: int) -> Shares:
    """Share out a number of components; from 200 on every part has what its features need."""
    special = min(_SPECIAL, components // _SPECIAL_ONE_IN)
    hostile = min(special, HOSTILE_COMPONENTS)
    unassigned = max(0, round(_UNASSIGNED * components) - 8)
    rest = components - special - unassigned
    parts = {name: _part(name, rest) for name in _PARTS}
    return Shares(
        unassigned=unassigned,
        hostile=hostile,
        extremes=special - hostile,
        runs=rest - sum(parts.values()),
        **parts,
    )


def _part(name: str, rest: int) -> int:
    floor = sum(_LEAST.values()) + _LEAST_RUNS
    if rest <= floor:
        return rest * _LEAST[name] // floor
    return _LEAST[name] + int(_PARTS[name] * (rest - floor))
