"""Somebody registers a model while policies protect what stands behind one.

The window is a bundle: the read of the registry at its start, and its effects.
"""

from contextlib import AbstractContextManager

from tests.faults.adversaries import REGISTRY, Adversary, Deed, deeds, play_deed
from tests.faults.deeds import model_of, registered
from tests.faults.ground import RULES, Ground, open_ground, ripe, trap
from tests.faults.sections import Section
from tests.runs.stage import DAY, Stage

GUARDED = f"{RULES}protect:\n  - registered_models: true\n"
MADE = ("c mine", "c big-d", "c stray-1")
"""Components that left a model each: one is alone with its trial, one in a later bundle of its
tree, one in no trial."""

REGISTRARS = [
    Adversary("registers the model of", registered(who), who, REGISTRY, lasts=True) for who in MADE
]


def due(stage: Stage) -> Stage:
    """Lay the trap, let some components leave models, and let it ripen."""
    trap(stage)
    for who in MADE:
        left = {"model": {"Value": model_of(who)}}
        stage.make("UpdateTrialComponent", TrialComponentName=who[2:], OutputArtifacts=left)
    stage.pass_time(60 * DAY)
    return ripe(stage)


def ground() -> AbstractContextManager[Ground]:
    """Open an account in which models in use are protected."""
    return open_ground(due, GUARDED)


def points(of: Ground) -> list[Deed]:
    """Each model, registered before every read of the registry, and at the end."""
    return deeds(of, REGISTRARS)


REGISTRAR = Section(
    name="models in use",
    faults="a model registered while policies protect what stands behind one",
    ground=ground,
    points=points,
    play=play_deed,
    short=6,
    kind=lambda deed: deed.adversary.victim,
    kinds=frozenset(map(str, REGISTRARS)),
)
