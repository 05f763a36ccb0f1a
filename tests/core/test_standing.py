"""What a run under way has done counts once, whenever somebody asks."""

from sagewarden.core.entities import Target
from sagewarden.core.standing import RunResult, Standing

DONE = ("delete", "trial-component", "done")
UNDONE = ("disassociate", "trial-component", "undone")
NEW = Standing(target=Target("123456789012", "us-east-1"), since=100.0)


def test_what_is_settled_counts_at_once() -> None:
    assert NEW.moved({DONE: 2}).moved({DONE: 1}).effects_so_far == {DONE: 3}


def test_a_run_that_ends_without_a_report_keeps_what_it_did() -> None:
    ended = NEW.begun(101.0).moved({DONE: 2}).ended(RunResult.DEFECT, "", 102.0)
    assert (ended.effects, ended.moving) == ({DONE: 2}, {})


def test_a_run_before_the_daemon_gives_its_age() -> None:
    """A restart is no good run."""
    assert NEW.recalled(40.0).age(100.0) == 60.0


def test_a_good_run_since_counts_more_than_one_before() -> None:
    since = NEW.begun(101.0).ended(RunResult.DONE, "", 105.0)
    assert since.recalled(40.0).age(106.0) == 1.0
