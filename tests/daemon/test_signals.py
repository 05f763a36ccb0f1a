"""How a daemon ends, and how it hears of new settings."""

import signal
import threading

import pytest
from tests.cli.user import POLICIES, User
from tests.daemon.conftest import serves
from tests.daemon.watched import Watched, watched

from sagewarden.cli.console import ECHO

CUT = "DisassociateTrialComponent"
NEVER = {"cron": "0 2 * * sat", "window": "mon-fri 09:00-17:00"}


def test_an_idle_daemon_ends_at_once_and_well(daemon: Watched) -> None:
    """Exit code 0, the last line says so."""
    daemon.hears("run.ended")
    assert daemon.ends() == 0
    assert daemon.events()[-1]["event"] == "daemon.ended"


def test_sigterm_in_the_midst_of_effects_leaves_no_intent_open(user: User) -> None:
    """It stops after what it is at: each intent has its outcome, no edge is lacking."""
    assert user("sweep").code == 0
    user.box.admin.advance(10)
    user.box.admin.set_knobs(latency_ms={CUT: 700.0})
    with watched(user) as daemon:
        daemon.until(lambda: CUT in user.writes(), "a cut")
        code = daemon.ends()
        told = daemon.events("run.ended")[-1]["exit_code"]
    user.box.admin.set_knobs(latency_ms={})
    assert (code, user.journal("intent")) == (0, user.journal("outcome"))
    assert told == 3


def test_a_stop_that_takes_too_long_is_cut_and_says_so(user: User) -> None:
    """Exit code 143; the next run settles what is open."""
    serves(user, schedule={"sweep": {"every": "30d"}, "stop_within": "1s"})
    user.box.admin.set_knobs(latency_ms={"GetCallerIdentity": 8_000.0})
    with watched(user) as daemon:
        daemon.hears("run.began")
        assert daemon.ends() == 143
        assert "stop_within" in daemon.events("daemon.cut")[0]["reason"]
    user.box.admin.set_knobs(latency_ms={})


def test_a_second_signal_ends_it_at_once(user: User) -> None:
    """As for every command."""
    user.box.admin.set_knobs(latency_ms={"GetCallerIdentity": 30_000.0})
    with watched(user) as daemon:
        daemon.hears("run.began")
        daemon.send(signal.SIGTERM)
        daemon.hears("daemon.stopping")
        assert daemon.ready()["reasons"] == ["it is stopping"]
        threading.Event().wait(ECHO + 0.1)
        assert daemon.ends() == 143
        assert daemon.events("daemon.cut")[0]["reason"] == "told to stop once more"
    user.box.admin.set_knobs(latency_ms={})


def test_sighup_reads_settings_anew(daemon: Watched) -> None:
    """The schedule too: the next begin moves."""
    daemon.hears("run.ended")
    before = daemon.ready()["next"]["sweep"]
    serves(daemon.user, schedule={"sweep": {"cron": "0 0 1 1 *"}})
    daemon.send(signal.SIGHUP)
    assert daemon.hears("settings.read")["targets"] == 1
    after = daemon.ready()["next"]["sweep"]
    assert (after[4:10], after != before) == ("-01-01", True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"run": {"lanes": 99}}, "run.lanes"),
        ({"targets": []}, "no target"),
        ({"schedule": {"sweep": NEVER}}, "never begins"),
    ],
)
def test_bad_settings_are_told_and_the_old_ones_stand(
    daemon: Watched, changes: dict[str, object], told: str
) -> None:
    """In the log, in /readyz, in a metric; good ones end that."""
    daemon.hears("run.ended")
    serves(daemon.user, **changes)
    daemon.send(signal.SIGHUP)
    assert told in daemon.hears("settings.refused")["reason"]
    assert (daemon.ready()["ready"], told in daemon.ready()["troubles"][0]) == (True, True)
    assert daemon.metric("sagewarden_settings_bad") == 1
    serves(daemon.user)
    daemon.send(signal.SIGHUP)
    daemon.hears("settings.read")
    assert daemon.metric("sagewarden_settings_bad") == 0


def test_sighup_says_that_policies_are_bad(daemon: Watched) -> None:
    """In the log, in /readyz and in a metric, before a run needs them; good ones end that."""
    daemon.hears("run.ended")
    daemon.user.governs("version: 1\npolicies: [{name: x}]\n")
    daemon.send(signal.SIGHUP)
    assert "⟨LF⟩" not in daemon.hears("policies.refused")["reason"]
    assert "policies are refused" in daemon.ready()["reasons"][0]
    assert daemon.metric("sagewarden_policies_bad") == 1
    daemon.user.governs(POLICIES)
    daemon.send(signal.SIGHUP)
    assert daemon.hears("policies.read")["policies"] == 1
    assert daemon.metric("sagewarden_policies_bad") == 0
