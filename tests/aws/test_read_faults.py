"""Every kind of read meets every fault: an error or a gap, never a silent shortage."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sagewarden.adapters.aws.calls import Patience
from sagewarden.adapters.aws.identity import caller
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.clock import wall_now
from sagewarden.application.ports.aws import SeriesRequest
from sagewarden.core.entities import Kind
from sagewarden.errors import Absent, ReadFailed, Unreachable

if TYPE_CHECKING:
    from tests.aws.conftest import World

Read = Callable[["World"], Any]


def _describe(kind: Kind, name: str) -> Read:
    return lambda world: world.looks.describe(kind, name)


def _series(world: "World") -> Any:
    now = wall_now()
    arn = "arn:aws:sagemaker:us-east-1:123456789012:experiment-trial-component/comp"
    return world.records.series([SeriesRequest(arn, ("loss",), now, now)])


READS: dict[str, tuple[str, Read]] = {
    "caller": ("GetCallerIdentity", lambda world: caller(world.reads())),
    "experiment": ("DescribeExperiment", _describe(Kind.EXPERIMENT, "Exp")),
    "trial": ("DescribeTrial", _describe(Kind.TRIAL, "Tri")),
    "component": ("DescribeTrialComponent", _describe(Kind.COMPONENT, "Comp")),
    "tags": ("ListTags", _describe(Kind.COMPONENT, "Comp")),
    "trials of": ("ListTrials", lambda world: world.looks.trials_of("Comp")),
    "trials in": ("ListTrials", lambda world: world.looks.trials_in("Exp")),
    "components in": (
        "ListTrialComponents",
        lambda world: world.looks.components_in(trial="Tri"),
    ),
    "sources": ("Search", lambda world: world.records.sources(["Comp"])),
    "series": ("BatchGetMetrics", _series),
}
PAGED = [name for name, (operation, _) in READS.items() if operation in {"ListTags", "Search"}]
PAGED += ["trials of", "trials in", "components in"]
OWN = [name for name in READS if name != "caller"]  # the sandbox leaves STS's answers to moto
STREAMS = ["Search", "ListExperiments", "ListTrials", "ListTrialComponents"]


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(
    "action", ["throttle", "error_500", "deny", "drop_before", "drop_after", "truncate"]
)
def test_a_read_that_fails_says_so(tree: "World", name: str, action: str) -> None:
    operation, read = READS[name]
    tree.fault(action, operation)
    with pytest.raises(ReadFailed):
        read(tree)


@pytest.mark.parametrize("name", PAGED)
@pytest.mark.parametrize("action", ["empty_page", "repeat_token"])
def test_pages_that_do_not_end_are_a_failure(tree: "World", name: str, action: str) -> None:
    operation, read = READS[name]
    tree.fault(action, operation)
    with pytest.raises(ReadFailed):
        read(tree)


@pytest.mark.parametrize("name", [name for name in OWN if name != "tags"])
def test_a_read_of_nothing_is_absent(tree: "World", name: str) -> None:
    operation, read = READS[name]
    tree.fault("not_found", operation)
    with pytest.raises(Absent):
        read(tree)


def test_what_has_no_tags_to_list_but_a_description_is_not_absent(tree: "World") -> None:
    """Describe says whether it is gone; ListTags declares no ResourceNotFound (service model)."""
    tree.fault("not_found", "ListTags")
    with pytest.raises(ReadFailed, match="says of its tags"):
        tree.looks.describe(Kind.COMPONENT, "Comp")


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("experiment", "ExperimentName"),
        ("experiment", "ExperimentArn"),
        ("experiment", "CreationTime"),
        ("trial", "TrialName"),
        ("trial", "TrialArn"),
        ("trial", "ExperimentName"),
        ("trial", "CreationTime"),
        ("component", "TrialComponentName"),
        ("component", "TrialComponentArn"),
        ("component", "CreationTime"),
        ("tags", "Tags"),
        ("tags", "Tags.Key"),
        ("tags", "Tags.Value"),
        ("trials of", "TrialSummaries"),
        ("trials of", "TrialSummaries.TrialName"),
        ("trials in", "TrialSummaries"),
        ("trials in", "TrialSummaries.CreationTime"),
        ("components in", "TrialComponentSummaries"),
        ("components in", "TrialComponentSummaries.TrialComponentName"),
        ("components in", "TrialComponentSummaries.CreationTime"),
        ("sources", "Results"),
        ("sources", "Results.TrialComponent"),
        ("sources", "Results.TrialComponent.TrialComponentName"),
        ("series", "MetricQueryResults"),
        ("series", "MetricQueryResults.Status"),
        ("series", "MetricQueryResults.XAxisValues"),
        ("series", "MetricQueryResults.MetricValues"),
    ],
)
def test_a_member_that_must_be_there_is_missed(tree: "World", name: str, member: str) -> None:
    operation, read = READS[name]
    tree.fault("missing_field", operation, name=member)
    with pytest.raises(ReadFailed, match="lacks"):
        read(tree)


@pytest.mark.parametrize("name", OWN)
def test_a_read_that_takes_too_long_has_failed(tree: "World", name: str) -> None:
    """The timeout is the session's; nothing waits for ever."""
    operation, read = READS[name]
    hasty = Access(target=tree.session.target, endpoint_url=tree.box.url, read_timeout=0.3)
    session = TargetSession(hasty, wall_now)
    world = replace(tree, session=session, patience=Patience(attempts=1))
    tree.fault("delay", operation, seconds=1.0)
    with pytest.raises(Unreachable):
        read(world)


@pytest.mark.parametrize("operation", STREAMS)
@pytest.mark.parametrize(
    "action",
    [
        "throttle",
        "error_500",
        "deny",
        "not_found",
        "drop_before",
        "truncate",
        "empty_page",
        "repeat_token",
        "missing_field",
    ],
)
def test_an_inventory_with_a_failed_stream_has_a_gap(
    tree: "World", operation: str, action: str
) -> None:
    """Nothing on this target may then be judged as due."""
    tree.fault(action, operation)
    assert not tree.survey().complete


@pytest.mark.parametrize("operation", STREAMS)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_stream_that_fails_in_its_midst_has_a_gap(
    tree: "World", operation: str, nth: int
) -> None:
    """Some pages came, then none: what came is not taken for all."""
    for number in range(3):
        tree.experiment(f"e{number}")
        tree.trial(f"t{number}", f"e{number}")
        tree.component(f"c{number}", f"t{number}")
    tree.age()
    tree.box.knobs.page_cap = 1
    tree.fault("deny", operation, nth_match=nth)
    assert not tree.survey().complete


@pytest.mark.parametrize(
    "member",
    [
        f"Results.{kind}.{member}"
        for kind in ("Experiment", "Trial", "TrialComponent")
        for member in (f"{kind}Name", f"{kind}Arn", "CreationTime")
    ],
)
def test_a_record_of_search_with_a_hole_is_a_gap(tree: "World", member: str) -> None:
    tree.fault("missing_field", "Search", name=member)
    assert not tree.survey().complete


@pytest.mark.parametrize(
    "member", ["Status", "LastModifiedTime", "Tags", "Parents", "Parents.TrialName"]
)
def test_what_search_leaves_out_of_a_component_is_made_up_for_or_doubted(
    tree: "World", member: str
) -> None:
    """Either the entity is what a consistent read says, or it is in doubt."""
    tree.make(
        "UpdateTrialComponent",
        TrialComponentName="Comp",
        Status={"PrimaryStatus": "InProgress"},
    )
    truth = tree.survey().components["comp"]
    tree.fault("missing_field", "Search", name=f"Results.TrialComponent.{member}")
    seen = tree.survey().components["comp"]
    known = (seen.status, seen.modified, seen.tags, seen.trials)
    assert seen.doubt or known == (truth.status, truth.modified, truth.tags, truth.trials)


@pytest.mark.parametrize("operation", ["ListTags", "DescribeTrialComponent", "ListTrials"])
@pytest.mark.parametrize("action", ["throttle", "error_500", "deny", "truncate"])
def test_an_own_read_that_fails_is_a_gap(tree: "World", operation: str, action: str) -> None:
    """What Search hides and nothing else can read is known to be unknown."""
    tree.box.knobs.hidden_names = ["Comp"]
    resource = "*" if operation == "ListTags" else "Comp"
    tree.fault(action, operation, resource=resource)
    inventory = tree.survey()
    assert [(gap.kind, gap.name) for gap in inventory.gaps] == [(Kind.COMPONENT, "Comp")]
    assert inventory.components["comp"].tags is None
