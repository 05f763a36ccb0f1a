"""What a digest tells of a stretch of time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sagewarden.core.digests import Digest, began_since
from sagewarden.core.entities import Target
from sagewarden.core.report_rows import PastRun
from sagewarden.core.storage import Storage

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FIRST = PastRun(
    run="20261120t000000z-a",
    began="2026-11-20T00:00:00Z",
    experiments=3,
    trials=4,
    components=90,
    deleted=10,
    marked=5,
    gone=14,
    due=1,
    held=2,
)
SECOND = replace(FIRST, run="20261121t000000z-b", components=80, gone=6, deleted=5, exit_code=3)
BEFORE = replace(FIRST, run="20261101t000000z-c", components=100)


def digest(*runs: PastRun, before: PastRun | None = None, **changes: object) -> Digest:
    made = Digest(
        target=Target("123456789012", "us-east-1"),
        since=NOW - timedelta(days=7),
        until=NOW,
        runs=runs,
        before=before,
        stored=Storage(families=(), objects=12, size=3_456),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def lines(found: Digest) -> list[str]:
    told: list[str] = found.spelled("", NOW)["lines"]
    return told


def test_the_same_runs_on_the_same_day_are_one_digest() -> None:
    """A daemon that died before it noted that it was taken sends it under the same id."""
    later = digest(FIRST, until=NOW + timedelta(hours=1))
    assert digest(FIRST).name == later.name


def test_another_run_or_another_day_is_another_digest() -> None:
    found = {digest(FIRST).name, digest(FIRST, SECOND).name}
    assert len(found | {digest(FIRST, until=NOW + timedelta(days=1)).name}) == 3


def test_what_went_and_what_failed_stands_in_one_line() -> None:
    assert digest(FIRST, SECOND).subject == "1 of 2 runs failed, 20 entities deleted"


def test_a_run_that_failed_is_named() -> None:
    assert f"failed: run {SECOND.run} (exit code 3)" in lines(digest(FIRST, SECOND))


def test_a_plan_that_waits_is_told() -> None:
    waiting = replace(SECOND, exit_code=6)
    assert digest(FIRST, waiting).waits
    assert f"waits for approval: the plan of run {waiting.run}" in lines(digest(FIRST, waiting))


def test_a_plan_that_waited_and_was_applied_since_waits_no_more() -> None:
    assert not digest(replace(FIRST, exit_code=6), SECOND).waits


def test_the_trend_begins_with_the_run_before() -> None:
    assert "components: from 100 to 80" in lines(digest(FIRST, SECOND, before=BEFORE))


def test_a_run_without_an_inventory_is_no_zero_of_the_trend() -> None:
    applied = replace(SECOND, experiments=0, trials=0, components=0)
    assert "components: from 100 to 90" in lines(digest(FIRST, applied, before=BEFORE))


def test_days_without_a_run_are_told_as_such() -> None:
    """Nobody else may notice that the daemon stands still."""
    found = digest()
    assert found.subject == "no run ended"
    assert lines(found)[0].startswith("no run has left a report for 7d")


def test_the_vault_is_measured() -> None:
    assert "in the vault: 12 objects, 3,456 bytes" in lines(digest(FIRST))


def test_which_runs_count_is_told_by_their_names() -> None:
    assert [began_since(each.run, NOW - timedelta(days=7)) for each in (BEFORE, FIRST)] == [
        False,
        True,
    ]
