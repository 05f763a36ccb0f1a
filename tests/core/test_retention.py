"""For how long archives are kept: what a statement excuses, and what it cannot."""

from dataclasses import replace
from typing import Any

import pytest
from tests.core.worlds import ago, through_json

from sagewarden.core.canonical import canonical
from sagewarden.core.retention import Stated, Statement, expired

KEY = "v1/1/eu-west-1/archive/r/u/00000001-ab.jsonl.zst"
DAY = 86_400
TEN = Statement(account="1", region="eu-west-1", run="r", seconds=10 * DAY, absent=())
FOREVER = replace(TEN, seconds=None)
GONE = replace(TEN, absent=(KEY,))


def gone(named: float, *stated: tuple[Statement, float], now: float = 0) -> bool:
    """Whether it may be gone now, that a link named so many days ago; statements likewise."""
    since = [Stated(statement, ago(days)) for statement, days in stated]
    return expired(KEY, ago(named), since, ago(now))


def test_without_a_statement_nothing_may_be_gone() -> None:
    assert gone(1000) is False


@pytest.mark.parametrize(("named", "may_be"), [(9.99, False), (10, True), (11, True)])
def test_an_archive_may_be_gone_after_its_time(named: float, *, may_be: bool) -> None:
    assert gone(named, (TEN, 20)) is may_be


@pytest.mark.parametrize(("since", "may_be"), [(0, True), (-0.01, False)])
def test_a_statement_counts_from_its_link_on(since: float, *, may_be: bool) -> None:
    """However old the archive was by then."""
    assert gone(100, (TEN, since)) is may_be


def test_the_newest_statement_counts() -> None:
    assert gone(100, (TEN, 50), (FOREVER, 1)) is False
    assert gone(100, (FOREVER, 50), (TEN, 1))
    assert not gone(20, (TEN, 50), (replace(TEN, seconds=30 * DAY), 1))


def test_what_was_gone_before_is_for_an_earlier_statement_to_excuse() -> None:
    """As of the time at which the later one was made."""
    assert not gone(100, (GONE, 1))
    assert gone(100, (TEN, 50), (GONE, 1))
    assert not gone(100, (FOREVER, 50), (GONE, 1))
    assert not gone(15, (TEN, 50), (GONE, 6))
    assert gone(16, (TEN, 50), (GONE, 6))


def test_of_several_that_found_it_gone_the_earliest_time_counts() -> None:
    assert not gone(15, (TEN, 50), (GONE, 6), (GONE, 1))
    assert gone(16, (TEN, 50), (GONE, 6), (GONE, 1))


def read(statement: Any) -> Statement:
    return Statement.read(through_json(statement), canonical(statement))


def stored(**changes: Any) -> dict[str, Any]:
    told = {"account": "1", "region": "eu-west-1", "run": "r", "seconds": 10 * DAY, "absent": []}
    return {"format": 1, **told, **changes}


def test_a_statement_is_read_as_it_is_stored() -> None:
    assert TEN.body() == canonical(stored())
    assert [read(stored()), read(stored(seconds=None)), read(stored(absent=[KEY]))] == [
        TEN,
        FOREVER,
        GONE,
    ]
    assert read(stored(seconds=1)).seconds == 1


@pytest.mark.parametrize(
    "change", [{"format": 2}, {"seconds": 0}, {"seconds": -1}, {"seconds": True}, {"seconds": 1.5}]
)
def test_what_we_would_not_write_is_no_statement(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"its format is not 1|not in the one spelling"):
        read(stored(**change))


def test_another_spelling_is_no_statement() -> None:
    with pytest.raises(ValueError, match="not in the one spelling"):
        Statement.read(stored(), TEN.body() + b"\n")
