"""Pipelines: an experiment each, a trial for every execution, a job component for every step."""

from random import Random

from sagewarden.sandbox.records import NOTHING
from sagewarden.sandbox.seed.dates import DAY, HISTORY, HOUR, Span, idle_span, settled_life
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.jobs import Job, Workshop
from sagewarden.sandbox.seed.tags import owner_of, team_of
from sagewarden.sandbox.seed.trees import Tree, branch, grow
from sagewarden.sandbox.seed.words import PEOPLE, PROJECTS, pick, words_of

_STEPS = ("Prepare", "Train", "Evaluate", "Score")
_MOST_EXECUTIONS = 60
_IDLE_EVERY = 6
_TAGGED_SHARE = 0.75


def seed_pipelines(draft: Draft, count: int, workshop: Workshop) -> None:
    """Write exactly `count` components of pipeline executions; every sixth pipeline is stale."""
    rng = draft.chance("pipelines")
    left, index = count, 0
    while left:
        executions = 2 + int((_MOST_EXECUTIONS - 2) * rng.random() ** 3)
        size = min(left, executions * len(_STEPS) - int(2 * rng.random()))
        _pipeline(draft, rng, workshop, size, idle=index % _IDLE_EVERY == _IDLE_EVERY - 1)
        left -= size
        index += 1


def _pipeline(draft: Draft, rng: Random, workshop: Workshop, size: int, *, idle: bool) -> None:
    executions = -(-size // len(_STEPS))
    span = idle_span(rng, draft.now) if idle else _until_now(rng, draft.now, executions)
    tree = _tree(draft, rng, span)
    grow(draft, tree, description="Created by the pipeline of the same name")
    every = (span.last - span.first) / executions
    for number in range(executions):
        at = round(span.last - (executions - 1 - number) * every, 3)
        steps = min(len(_STEPS), size - number * len(_STEPS))
        _execution(draft, rng, workshop, tree, (at, steps))


def _until_now(rng: Random, now: float, executions: int) -> Span:
    """Give the span of a pipeline that still runs, daily or weekly."""
    every = pick(rng, (1, 2, 7)) * DAY
    last = round(now - (0.5 + rng.random()) * DAY, 3)
    return Span(round(max(now - HISTORY, last - executions * every), 3), last)


def _tree(draft: Draft, rng: Random, span: Span) -> Tree:
    person = pick(rng, PEOPLE)
    name = f"{pick(rng, PROJECTS)}-{pick(rng, ('weekly', 'daily', 'retrain'))}-{draft.serial()}"
    tags = {"owner": owner_of(person), "team": team_of(person), "env": "prod"}
    return Tree(
        name=name,
        span=span,
        tags=tags if rng.random() < _TAGGED_SHARE else NOTHING,
        author=NOTHING,
        source={"SourceArn": draft.arn("pipeline", name), "SourceType": "SageMakerPipeline"},
    )


def _execution(
    draft: Draft, rng: Random, workshop: Workshop, tree: Tree, when: tuple[float, int]
) -> None:
    at, steps = when
    execution = words_of(draft.serial(), 12)
    arn = draft.arn("pipeline", f"{tree.name}/execution/{execution}")
    trial = branch(draft, _sourced(tree, arn), execution, at)
    make = (workshop.processing, workshop.training, workshop.processing, workshop.transform)
    for number in range(steps):
        ending = words_of(draft.serial(), 10)
        life = settled_life(rng, round(at + 2.5 * HOUR * number + 5, 3))
        make[number](
            Job(
                name=f"pipelines-{execution}-{_STEPS[number]}-{ending}",
                life=life,
                tags=tree.tags,
                trials=(trial,),
                belongs={"ExperimentName": tree.name, "TrialName": execution},
                display_name=_STEPS[number],
            )
        )


def _sourced(tree: Tree, arn: str) -> Tree:
    source = {"SourceArn": arn, "SourceType": "SageMakerPipeline"}
    return Tree(name=tree.name, span=tree.span, tags=tree.tags, author=tree.author, source=source)
