"""What a daemon outlives, and what it says meanwhile."""

import json
import shutil
import signal
from pathlib import Path

from tests.cli.user import POLICIES, User
from tests.daemon.conftest import serves
from tests.daemon.watched import Watched, watched

CUT = "DisassociateTrialComponent"
OFTEN = {"sweep": {"every": "2s"}}
THERE, DENIED = "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{DENIED}:role/sagewarden"


def test_a_killed_daemon_is_settled_by_the_next(user: User) -> None:
    """SIGKILL in the midst of a cut, then another process: all that was due is gone, told once."""
    assert user("sweep").code == 0
    user.box.admin.advance(10)
    user.box.admin.set_knobs(latency_ms={CUT: 400.0})
    with watched(user, "killed") as daemon:
        daemon.until(lambda: CUT in user.writes(), "a cut")
        assert daemon.ends(signal.SIGKILL) == -signal.SIGKILL
    user.box.admin.set_knobs(latency_ms={})
    open_intents = user.journal("intent") - user.journal("outcome")
    with watched(user, "next") as daemon:
        assert daemon.hears("run.ended")["exit_code"] == 0
        assert len(daemon.events("resume.settled")) == open_intents == 1
        assert daemon.metric("sagewarden_effects_total", effect="delete", outcome="done") == 4
    assert user.account()["experiments"] == ["live"]
    assert user.journal("intent") == user.journal("outcome")


def test_of_two_daemons_one_works_and_the_other_says_so(user: User) -> None:
    """Their grid is the same; whoever comes second has the result `leased`, which is no failure."""
    user.box.admin.set_knobs(latency_ms={"Search": 3_000.0})
    schedule = {"sweep": {"every": "10s"}, "at_start": False}
    serves(user, run={"search_lag": "1s", "lease": "3s"}, schedule=schedule)
    with watched(user, "one") as one, watched(user, "two") as two:
        both = (one, two)
        one.until(lambda: any(ended(each, 11) for each in both), "one that is second")
        second = next(each for each in both if ended(each, 11))
        first = one if second is two else two
        assert (second.ready()["ready"], second.ready()["troubles"]) == (True, [])
        assert second.metric("sagewarden_runs_total", result="leased") == ended(second, 11)
        first.until(lambda: ended(first, 0), "the first one's run")
    user.box.admin.set_knobs(latency_ms={})


def test_a_target_whose_role_is_denied_stops_no_other(user: User) -> None:
    """It is told with what AWS said; the other target is worked on, and the daemon is ready."""
    user.box.admin.set_knobs(denied={"*": ["sts:AssumeRole"]})
    denied = {"account_id": DENIED, "region": "us-east-1", "role_arn": ROLE}
    serves(user, targets=[denied, {"account_id": THERE, "region": "us-east-1"}])
    with watched(user) as daemon:
        daemon.hears("run.ended", 2)
        by_target = {each["account"]: each["exit_code"] for each in daemon.events("run.ended")}
        ready = daemon.ready()
        assert by_target == {DENIED: 3, THERE: 0}
        assert (ready["ready"], len(ready["troubles"])) == (True, 1)
        assert daemon.metric("sagewarden_runs_total", account=DENIED, result="failed") == 1
        assert daemon.metric("sagewarden_entities", account=THERE, kind="experiment") == 2
    user.box.admin.set_knobs(denied={})


def test_a_vault_that_vanishes_is_missed_and_is_never_begun_anew(user: User) -> None:
    """Runs fail and are counted; when it is back they go well, with the marks it held."""
    serves(user, schedule=OFTEN)
    vault, away = user.folder / "vault", user.folder / "away"
    with watched(user) as daemon:
        daemon.until(lambda: ended(daemon, 0), "a good run")
        vault.rename(away)
        daemon.until(lambda: ended(daemon, 3), "a failed run")
        assert not vault.exists()
        assert daemon.metric("sagewarden_vault_errors_total") > 0
        daemon.until(lambda: not daemon.ready()["ready"], "not ready")
        vault.mkdir()  # the mount point of a disk that is not mounted
        before = ended(daemon, 3)
        daemon.until(lambda: ended(daemon, 3) > before, "another")
        assert list(vault.iterdir()) == []
        vault.rmdir()
        away.rename(vault)
        good = ended(daemon, 0)
        daemon.until(lambda: ended(daemon, 0) > good, "a good run again")
        daemon.until(lambda: daemon.ready()["ready"], "ready again")


def test_a_bad_policy_file_stops_runs_and_not_the_daemon(user: User) -> None:
    """Told in the log, in /readyz and in a metric, until the file is right."""
    serves(user, schedule=OFTEN)
    with watched(user) as daemon:
        daemon.until(lambda: ended(daemon, 0), "a good run")
        user.governs(POLICIES.replace("idle", "ilde"))
        assert "ilde" in daemon.hears("policies.refused")["reason"]
        assert daemon.metric("sagewarden_policies_bad") == 1
        assert "ilde" in daemon.ready()["reasons"][0]
        idle = len(daemon.events("run.began"))
        daemon.hears("policies.refused", 2)
        assert len(daemon.events("run.began")) == idle
        user.governs(POLICIES)
        daemon.until(lambda: len(daemon.events("run.began")) > idle, "another run")
        assert daemon.metric("sagewarden_policies_bad") == 0
        assert daemon.ready()["reasons"] == []


def test_a_clock_that_is_off_stops_effects_and_not_the_daemon(user: User) -> None:
    """While AWS's time and ours differ by more than a minute nothing is deleted; then it is."""
    assert user("sweep").code == 0
    serves(user, schedule=OFTEN)
    user.box.admin.set_offset(3_600.0)
    with watched(user) as daemon:
        told = daemon.hears("run.ended")
        assert (told["exit_code"], user.journal("intent")) == (3, 0)
        user.box.admin.set_offset(10.0)
        daemon.until(lambda: user.account()["experiments"] == ["live"], "the deletion")
        daemon.until(lambda: ended(daemon, 0), "a good run")


def test_a_daemon_outside_its_hours_begins_nothing(user: User) -> None:
    """It says so, tells when it begins next, and is well."""
    shut = hours(user, ahead=2)
    serves(user, schedule={"sweep": {"every": "1h", "window": shut}})
    with watched(user) as daemon:
        assert "hours" in daemon.hears("run.left-out")["reason"]
        assert (daemon.ready()["ready"], user.calls()) == (True, [])
        assert daemon.ends() == 0


def hours(user: User, ahead: int) -> str:
    """Name hours that are not now: they begin so many hours after this one."""
    hour = int(user.box.admin.now() // 3_600 % 24)
    return f"mon-sun {(hour + ahead) % 24:02}:00-{(hour + ahead + 6) % 24:02}:00"


def ended(daemon: Watched, code: int) -> int:
    """How many runs ended with this code."""
    return sum(each["exit_code"] == code for each in daemon.events("run.ended"))


def test_its_log_says_whose_each_line_is(user: User, tmp_path: Path) -> None:
    """Each line of a run has run, target, account and region; no line has a secret."""
    secret = "hush-hush-hush-hush"  # noqa: S105 -- the test's own
    webhook = {"url": "https://127.0.0.1:9/secret-path", "secret": secret, "attempts": 1}
    serves(user, notice={"webhook": webhook})
    with watched(user) as daemon:
        daemon.hears("run.ended")
        lines = daemon.events()
    of_run = lines[1 : [each["event"] for each in lines].index("run.ended") + 1]
    assert {"run.began", "notice.refused"} <= {each["event"] for each in of_run}
    whose = {(each["run"], each["account"], each["region"], each["target"]) for each in of_run}
    assert len(whose) == 1
    told = json.dumps(lines)
    assert (secret in told, "secret-path" in told) == (False, False)
    shutil.rmtree(tmp_path / "vault")
