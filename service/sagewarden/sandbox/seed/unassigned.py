"""Jobs that nobody put into an experiment: AWS made a component for each all the same."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from sagewarden.sandbox.records import Component
from sagewarden.sandbox.seed.dates import DAY, Life, any_instant, running_life, settled_life
from sagewarden.sandbox.seed.draft import Draft, stamp
from sagewarden.sandbox.seed.jobs import Job, Workshop
from sagewarden.sandbox.seed.tags import job_tag_sets
from sagewarden.sandbox.seed.words import PROJECTS, pick, words_of

_TRAINING, _PROCESSING = 0.5, 0.82
_STAMPED, _BUILT = 0.6, 0.8
_STEMS = ("sagemaker-xgboost", "pytorch-training", "sklearn-fit", "nightly", "lambda-retrain")
_ODD_EVERY = 60
_ODD_KINDS = 4


def seed_unassigned(draft: Draft, count: int, workshop: Workshop) -> None:
    """Write exactly `count` components of jobs that hang on no trial."""
    rng = draft.chance("unassigned")
    tag_sets = job_tag_sets(rng)
    for number in range(count):
        created = any_instant(rng, draft.now)
        odd = number % _ODD_EVERY
        life = _odd_life(rng, draft.now, odd) if odd < _ODD_KINDS else settled_life(rng, created)
        job = Job(name=_name(draft, rng, life.created), life=life, tags=pick(rng, tag_sets))
        made = _maker(rng, workshop)(job)
        if odd == 0:
            draft.components[-1] = _stuck(made)


def _maker(rng: Random, workshop: Workshop) -> Callable[[Job], Component]:
    drawn = rng.random()
    if drawn < _TRAINING:
        return workshop.training
    return workshop.processing if drawn < _PROCESSING else workshop.transform


def _name(draft: Draft, rng: Random, created: float) -> str:
    serial = draft.serial()
    drawn = rng.random()
    if drawn < _STAMPED:
        return f"{pick(rng, _STEMS)}-{stamp(created)}-{words_of(serial, 5)}"
    if drawn < _BUILT:
        return f"ci-{10_000 + serial}-{pick(rng, PROJECTS)}"
    return f"{pick(rng, PROJECTS)}-{words_of(serial, 12)}"


def _odd_life(rng: Random, now: float, odd: int) -> Life:
    """Draw what is rare: 0 stopped long ago, 1 runs now, 2 is being stopped, 3 is brand new."""
    hours = (1 + rng.random()) / 24 * DAY
    lives = (
        lambda: settled_life(rng, min(any_instant(rng, now), now - 40 * DAY))._replace(
            status="Stopped"
        ),
        lambda: running_life(round(now - hours, 3)),
        lambda: running_life(round(now - hours, 3), "Stopping"),
        lambda: settled_life(rng, round(now - 5 * hours, 3)),
    )
    return lives[odd]()


def _stuck(component: Component) -> Component:
    """Forget that the job ended: its component says InProgress for ever, its record knows."""
    return replace(component, status={"PrimaryStatus": "InProgress"}, ended=None, rendered={})
