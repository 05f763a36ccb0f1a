"""What a run costs in calls, counted by the sandbox."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.runs import worlds
from tests.runs.stage import COMPONENT, GRACE, Stage

from sagewarden.core.keys import Family

UNITS = {
    # unit: (trials and experiments looked at, bundles, trees, pages of one listing of its trees)
    "old-a and old-b, with the live tree that a component was lent to": (7, 3, 2, 4),
    "old-c and old-d, with the live tree that both lent a component to": (6, 2, 2, 4),
    "old-big: 135 components in two bundles": (4, 4, 1, 3),
    "the strays": (0, 1, 0, 0),
}
TURNS = {"components that go": 1 + 1 + 135 + 2, "edges of spared ones": 1 + 2}
"""Each begins with a listing of a component's trials."""


@dataclass(frozen=True)
class Costs:
    """What was counted of one run on the nasty account."""

    pages: int
    inventory: int
    reads: int
    searches: Counter[str]
    sent: int
    left: set[str]
    copies: Counter[str]
    components: set[str]
    archives: int
    journal: int


@pytest.fixture(scope="module", params=[1, 8], ids=["one lane", "eight lanes"])
def costs(request: pytest.FixtureRequest, new_stage: Callable[[], Stage]) -> Costs:
    """The nasty account with metrics on 60 components and jobs behind 25, swept when it is due."""
    stage = new_stage().with_lanes(request.param)
    worlds.nasty(stage)
    worlds.log_metrics(stage, [f"fit-0-{at}" for at in range(45)])
    worlds.log_metrics(stage, [f"fit-1-{at}" for at in range(15)])
    worlds.put_jobs_behind(stage, [f"fit-2-{at}" for at in range(25)])
    stage.sweep()
    worlds.recreate_again(stage)
    stage.pass_time(GRACE)
    stage.box.admin.clear_calls()
    stage.judged()
    inventory = len(stage.calls())
    pages = sum(math.ceil(len(rows) / 100) for rows in stage.account().values())
    stage.box.admin.clear_calls()
    stage.sweep()
    return Costs(
        pages=pages,
        inventory=inventory,
        reads=sum(not call.write for call in stage.calls()),
        searches=archive_searches(stage),
        sent=len(stage.effects(applied=False)),
        left=stage.names(),
        copies=Counter({who.name: len(found) for who, found in stage.archived().items()}),
        components={who.name for who in stage.archived() if who.kind is COMPONENT},
        archives=len(stage.keys(Family.ARCHIVE)),
        journal=len(stage.keys(Family.JOURNAL)),
    )


def archive_searches(stage: Stage) -> Counter[str]:
    """Calls that only an archive needs: metrics, lineage, and Search for components by name."""
    return Counter(
        call.operation
        for call in stage.calls()
        if call.operation in {"BatchGetMetrics", "ListAssociations"}
        or (call.operation == "Search" and "TrialComponentName" in str(call.params))
    )


def test_an_inventory_costs_two_pages_for_each_hundred(costs: Costs) -> None:
    """Once by Search, once by List, with 5 % and ten calls to spare."""
    assert costs.inventory <= 2 * costs.pages * 1.05 + 10


def test_each_effect_is_sent_once_and_none_is_wasted(costs: Costs) -> None:
    """N(k+1) + T + E, one for each edge that a spared component loses, one for each stray."""
    assert costs.left == worlds.NASTY_LEFT
    assert costs.sent == sum(worlds.NASTY_COST.values())


def test_reads_while_enforcing_are_bounded(costs: Costs) -> None:
    """Two for each effect, one for each component, four for each ancestor and bundle, listings.

    A tree is listed (trials, components) once in pages and at each bundle from its newcomers on.
    Archive reads are left out: one Describe and one ListTags for each archived entity, two
    ListAssociations for each archived component, Search for the source jobs, BatchGetMetrics.
    """
    archive = 2 * sum(costs.copies.values()) + sum(costs.searches.values())
    allowed = 2 * sum(worlds.NASTY_COST.values()) + sum(TURNS.values())
    allowed += sum(4 * above * bundles for above, bundles, _, _ in UNITS.values())
    allowed += sum(2 * bundles * trees for _, bundles, trees, _ in UNITS.values())
    allowed += sum(pages for _, _, _, pages in UNITS.values())
    assert costs.reads - costs.inventory - archive <= allowed


def test_archive_reads_are_batched_where_aws_allows(costs: Costs) -> None:
    """25 jobs in twenties, 60 series by step and by hour in hundreds; lineage one by one."""
    components = sum(name in costs.components for name in costs.copies)
    assert costs.searches == {"Search": 2, "BatchGetMetrics": 2, "ListAssociations": 2 * components}


def test_nothing_is_archived_twice(costs: Costs) -> None:
    assert set(costs.copies.values()) == {1}


def test_the_journal_is_written_by_bundle(costs: Costs) -> None:
    """An archive object, an intent and an outcome each; nothing for each effect."""
    bundles = sum(bundles for _, bundles, _, _ in UNITS.values())
    assert (costs.archives, costs.journal) == (bundles, 2 * bundles)
