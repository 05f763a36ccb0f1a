"""What tuning jobs and AutoML jobs left behind: an experiment, a trial, many trainings."""

from random import Random
from typing import NamedTuple

from sagewarden.sandbox.records import NOTHING
from sagewarden.sandbox.seed.dates import Life, instants, settled_life, span_of
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.jobs import Job, Workshop
from sagewarden.sandbox.seed.tags import user_tags
from sagewarden.sandbox.seed.trees import Tree, branch, grow
from sagewarden.sandbox.seed.words import PEOPLE, PROJECTS, pick, words_of

_IDLE_SHARE = 0.2


class _Kind(NamedTuple):
    """A service that searches: its resource type, the field that names it, its name's ending."""

    resource: str
    field: str
    source_type: str
    ending: str
    most: int


_TUNING = _Kind(
    "hyper-parameter-tuning-job",
    "TuningJobArn",
    "SageMakerHyperParameterTuningJob",
    "aws-tuning-job",
    20,
)
_AUTOML = _Kind("automl-job", "AutoMLJobArn", "SageMakerAutoMLJob", "aws-auto-ml-job", 30)


def seed_tuning(draft: Draft, count: int, workshop: Workshop) -> None:
    """Write exactly `count` trainings that tuning jobs started."""
    rng = draft.chance("tuning")
    left = count
    while left:
        size = min(left, 3 + int((_TUNING.most - 3) * rng.random()))
        tree, trial = _tree(draft, rng, _TUNING)
        for number, created in enumerate(instants(rng, tree.span, size), 1):
            stem = tree.name.removesuffix(f"-{_TUNING.ending}")
            name = f"{stem}-{number:03}-{words_of(draft.serial(), 8)}"
            workshop.training(_job(tree, trial, name, settled_life(rng, created)))
        left -= size


def seed_automl(draft: Draft, count: int, workshop: Workshop) -> None:
    """Write exactly `count` components of AutoML jobs: preparations, trainings, scorings."""
    rng = draft.chance("automl")
    makers = (workshop.processing, workshop.training, workshop.training, workshop.transform)
    left = count
    while left:
        size = min(left, 3 + int((_AUTOML.most - 3) * rng.random()))
        tree, trial = _tree(draft, rng, _AUTOML)
        for number, created in enumerate(instants(rng, tree.span, size)):
            stem = tree.name.removesuffix(f"-{_AUTOML.ending}")
            name = f"{stem}-dpp{number}-{words_of(draft.serial(), 8)}"
            makers[number % len(makers)](_job(tree, trial, name, settled_life(rng, created)))
        left -= size


def _tree(draft: Draft, rng: Random, kind: _Kind) -> tuple[Tree, str]:
    stem = f"{pick(rng, PROJECTS)}-search-{draft.serial()}"
    source = {"SourceArn": draft.arn(kind.resource, stem), "SourceType": kind.source_type}
    tree = Tree(
        name=f"{stem}-{kind.ending}",
        span=span_of(rng, draft.now, idle=rng.random() < _IDLE_SHARE),
        tags=user_tags(rng, "dev", pick(rng, PEOPLE)),
        author=NOTHING,
        source=source,
    )
    grow(draft, tree)
    return tree, branch(draft, tree, f"{tree.name}-trial")


def _job(tree: Tree, trial: str, name: str, life: Life) -> Job:
    kind = _TUNING if tree.name.endswith(_TUNING.ending) else _AUTOML
    arn = (tree.source or NOTHING)["SourceArn"]
    return Job(name=name, life=life, trials=(trial,), maker={kind.field: arn})
