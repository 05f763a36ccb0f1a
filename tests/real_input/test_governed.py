"""SageWarden sweeps three accounts that real clients logged into, and loses nothing.

Each account holds what is stale, which goes, and neighbours that stay: outside the policy, held,
protected, still running, or shared with something that goes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from tests.real_input.archived import read_archive, spelled
from tests.real_input.comparing import FACETS, compare_archive
from tests.real_input.governing import Governed, Season, keys_of, records_of
from tests.real_input.neighbours import HELD, OPEN, OUTSIDE, PROTECTED, SCRATCH_HELD
from tests.real_input.reading_back import objects_of
from tests.real_input.sdk_runs import KEY, PARAMETERS, SIZES
from tests.real_input.users import REGION

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Kind

pytestmark = [
    pytest.mark.filterwarnings(  # Python 3.12 and later
        "ignore:datetime.datetime.utcnow:DeprecationWarning:smexperiments._utils"
    ),
    pytest.mark.timeout(300),  # whichever test comes first waits for the whole season
]

MARKING, DELETING, IDLE = range(3)


@pytest.fixture(scope="session", params=["sdk", "legacy", "by hand"])
def governed(season: Season, request: pytest.FixtureRequest) -> Governed:
    return season.governed[request.param]


@pytest.fixture(scope="session")
def archived(governed: Governed) -> list[ArchiveRecord]:
    return governed.archived()


@pytest.fixture(scope="session")
def sdk_archived(season: Season) -> list[ArchiveRecord]:
    return season.governed["sdk"].archived()


# the account


def test_every_sweep_ends_well(season: Season) -> None:
    assert [ran.exit_code for ran in season.sweeps] == [0] * 6


def test_what_was_due_is_gone_and_nothing_else_is(governed: Governed) -> None:
    left = {(each.identity.kind, each.identity.name) for each in governed.after}
    assert keys_of(governed.account.staying) == left


def test_what_stays_was_there_as_it_was_logged(governed: Governed) -> None:
    assert compare_archive(governed.account.staying, governed.before) == []


def test_what_stays_is_the_same_in_every_field(governed: Governed) -> None:
    assert sorted(governed.untouched, key=_identity) == sorted(governed.after, key=_identity)


def test_a_shared_component_loses_the_edge_to_the_stale_trial_alone(season: Season) -> None:
    governed = season.governed["legacy"]
    shared = {(Kind.COMPONENT, governed.account.staying.components[0].name.lower())}
    (before,) = records_of(shared, governed.before)
    (after,) = records_of(shared, governed.after)
    assert before.parents == ("baseline-linear", "churn-linear")
    assert after == replace(before, parents=("baseline-linear",))


def test_a_run_that_was_open_all_the_while_ends_as_ever(season: Season) -> None:
    assert season.left["Status"]["PrimaryStatus"] == "Completed"
    assert season.left["Parameters"] == {"epochs": {"NumberValue": 3.0}}


def test_uploaded_files_outlive_the_runs_that_uploaded_them(governed: Governed) -> None:
    objects = governed.account.due.objects
    assert objects == objects_of(governed.account.user, list(objects))


def test_aws_is_sent_each_planned_write_once_and_no_other(governed: Governed) -> None:
    sent = [(call["operation"], *_lower(call["params"].values())) for call in governed.writes]
    cuts = [("DisassociateTrialComponent", *edge) for edge in governed.edges]
    deletes = [(DELETES[kind], name) for kind, name in governed.due]
    assert Counter(sent) == Counter([*cuts, *deletes])


DELETES = {
    Kind.EXPERIMENT: "DeleteExperiment",
    Kind.TRIAL: "DeleteTrial",
    Kind.COMPONENT: "DeleteTrialComponent",
}


def _lower(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _identity(record: ArchiveRecord) -> Any:
    return record.identity


# the archive


@pytest.mark.parametrize("facet", FACETS)
def test_what_was_logged_is_in_the_archive(
    governed: Governed, archived: list[ArchiveRecord], facet: str
) -> None:
    assert compare_archive(governed.account.due, archived, facet) == []


def test_the_archive_has_every_field_that_describe_gave(
    governed: Governed, archived: list[ArchiveRecord]
) -> None:
    before = records_of(governed.due, governed.before)
    assert [spelled(each.described) for each in before] == [
        each.described for each in records_of(governed.due, archived)
    ]


def test_the_archive_holds_each_entity_once_under_its_own_identity_and_arn(
    governed: Governed, archived: list[ArchiveRecord]
) -> None:
    touched = governed.due | {(Kind.COMPONENT, component) for component, _ in governed.edges}
    before = [(each.identity, each.arn) for each in records_of(touched, governed.before)]
    assert before == sorted((each.identity, each.arn) for each in archived)


def test_a_component_that_only_loses_an_edge_is_archived_with_it(season: Season) -> None:
    governed = season.governed["legacy"]
    shared = governed.account.staying.components[0]
    only = replace(governed.account.staying, experiments=(), trials=(), components=(shared,))
    assert compare_archive(only, governed.archived()) == []


def test_the_archive_says_which_points_nobody_can_read(sdk_archived: list[ArchiveRecord]) -> None:
    """A metric logged both with a step and without one comes back short on either axis."""
    unread = {each.identity.name: each.unread for each in sdk_archived if each.unread}
    told = "metric worst:rmse: the last value of each step: 1 values for 2 logged points"
    assert {f"{KEY}-run-{size}" for size in SIZES} == {
        name for name, words in unread.items() if told in words
    }


def test_a_metric_with_a_step_for_each_point_is_complete(sdk_archived: list[ArchiveRecord]) -> None:
    series = [each for record in sdk_archived for each in record.series if each["metric"] == "rmse"]
    assert [(each["status"], len(each["points"])) for each in series] == [
        ("Complete", size) for size in SIZES
    ]


def test_an_archive_is_a_header_and_as_many_lines_as_it_counts(governed: Governed) -> None:
    for header, *lines in governed.archives():
        counted = Counter(line["kind"] for line in lines)
        assert {kind: count for kind, count in header["counts"].items() if count} == counted
        assert header["target"] == f"{governed.account.user.account}/{REGION}"
        assert header["plan"] == governed.deleting["plan"]


def test_a_text_is_found_in_the_lines_as_it_was_typed(season: Season) -> None:
    """`zstd -d | jq 'select(.name == …).described.Parameters.note.StringValue'`."""
    lines = [line for lines in season.governed["sdk"].archives() for line in lines[1:]]
    (run,) = [line for line in lines if line["name"] == f"{KEY}-run-30"]
    assert PARAMETERS["note"] == run["described"]["Parameters"]["note"]["StringValue"]


# the report


def test_the_report_lists_what_was_deleted_and_nothing_else(governed: Governed) -> None:
    deleted = [(Kind(row["kind"]), row["name"].lower()) for row in governed.rows("delete")]
    assert Counter(governed.due) == Counter(deleted)


def test_the_report_lists_every_edge_that_was_cut(governed: Governed) -> None:
    cut = [(row["name"].lower(), row["trial"]) for row in governed.rows("disassociate")]
    assert Counter(governed.edges) == Counter(cut)


def test_every_outcome_is_done(governed: Governed) -> None:
    results = Counter(row["result"] for row in governed.deleting["outcomes"])
    assert results == {"done": len(governed.due) + len(governed.edges)}


def test_the_report_counts_what_was_deleted(governed: Governed) -> None:
    counts = Counter(kind for kind, _ in governed.due)
    assert {str(kind): count for kind, count in counts.items()} == governed.deleting["deleted"]


def test_every_outcome_names_an_archive_object_by_its_hash(governed: Governed) -> None:
    named = {(row["archive_key"], row["archive_sha256"]) for row in governed.deleting["outcomes"]}
    assert named == {(key, hashlib.sha256(governed.objects[key]).hexdigest()) for key, _ in named}


def test_the_object_that_an_outcome_names_holds_its_entity(governed: Governed) -> None:
    for row in governed.deleting["outcomes"]:
        lines = read_archive(governed.objects[row["archive_key"]])
        held = [(line["kind"], line["name"], line["created_ms"]) for line in lines[1:]]
        assert (row["kind"], row["name"].lower(), row["created_ms"]) in held


def test_the_vault_keeps_the_report_that_was_printed(governed: Governed) -> None:
    kept = [json.loads(body) for body in governed.kept("reports", "/report.json")]
    assert kept == governed.reports


def test_the_first_sweep_marks_what_is_due_later_and_does_nothing(governed: Governed) -> None:
    marking = governed.reports[MARKING]
    marked = _judged(marking, "mark")
    assert marked == _judged(governed.reports[DELETING], "delete")
    assert marked
    assert marking["outcomes"] == []


def test_the_third_sweep_finds_nothing_left_to_do(governed: Governed) -> None:
    idle = governed.reports[IDLE]
    assert _judged(idle, "mark") | _judged(idle, "delete") == set()
    assert (idle["outcomes"], idle["plan"], idle["exit_code"]) == ([], "", 0)


@pytest.mark.parametrize(
    ("client", "name", "reason"),
    [
        ("sdk", HELD, "sagewarden:hold"),
        ("sdk", OPEN, "is InProgress"),
        ("by hand", PROTECTED, "legal-hold"),
        ("by hand", SCRATCH_HELD, "sagewarden:hold"),
    ],
)
def test_the_report_says_why_something_that_matches_is_kept(
    season: Season, client: str, name: str, reason: str
) -> None:
    (row,) = [each for each in season.governed[client].deleting["judged"] if each["name"] == name]
    assert row["verdict"] == "keep"
    assert reason in row["against"][0]


def test_the_report_does_not_judge_what_no_policy_names(season: Season) -> None:
    judged = {row["name"] for row in season.governed["sdk"].deleting["judged"]}
    assert OUTSIDE not in judged


def _judged(report: Any, verdict: str) -> set[tuple[str, str]]:
    return {(row["kind"], row["name"]) for row in report["judged"] if row["verdict"] == verdict}
