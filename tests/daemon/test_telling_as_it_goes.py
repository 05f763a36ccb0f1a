"""What metrics tell while a run goes on, and after a restart."""

from tests.cli.user import User
from tests.daemon.conftest import serves
from tests.daemon.watched import watched


def test_effects_count_while_the_run_goes_on_and_once_when_it_has_ended(user: User) -> None:
    """As soon as a bundle is settled; the report adds nothing to them."""
    with user.ago(days=60):
        user.grows("old-two", "two-a")
    user("sweep")
    user.box.admin.advance(10)
    user.box.admin.set_knobs(latency_ms={"DeleteExperiment": 1500})
    serves(user, run={"lanes": 1})
    with watched(user) as daemon:

        def moves() -> bool:
            found = daemon.metrics()
            done = sum(count for name, count in found.items() if EFFECT in name and DONE in name)
            return done > 0 and found[RUNNING] == 1

        daemon.until(moves, "effects of a run under way")
        assert daemon.metric("sagewarden_judged", verdict="delete") == 2
        daemon.hears("run.ended")
        user.box.admin.set_knobs(latency_ms={})
        done = daemon.metric("sagewarden_effects_total", outcome="done")
    assert done == len([each for each in user.writes() if each.startswith(("D",))])


EFFECT, DONE = "sagewarden_effects_total", 'outcome="done"'
RUNNING = 'sagewarden_run_in_progress{account="123456789012",region="us-east-1"}'


def test_a_restart_is_no_good_run(user: User) -> None:
    """The age of the last one is read from the vault."""
    user("sweep")
    serves(user, schedule={"at_start": False, "sweep": {"every": "30d"}})
    with watched(user) as daemon:
        (place,) = daemon.ready()["targets"]
        daemon.until(
            lambda: daemon.ready()["targets"][place]["good_seconds_ago"] is not None, "its age"
        )
