"""One test for each exit code of the README's table."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.user import PATIENCE, User, ended

BROKEN = "raise RuntimeError('half installed')\n"


def after_a_cut(user: User) -> None:
    """Wait until the run has cut its first edge."""
    pause = threading.Event()
    while "DisassociateTrialComponent" not in user.writes():
        assert not pause.wait(0.02)


@pytest.fixture
def slow(due: User) -> Iterator[User]:
    """Somebody whose account takes its time: a run can be met in the middle."""
    due.box.admin.set_knobs(latency_ms={"DeleteTrialComponent": 400.0})
    yield due
    due.box.admin.set_knobs(latency_ms={})


def test_0_done(due: User) -> None:
    ran = due("sweep")
    assert ran.code == 0
    assert "Deleted 2 experiments, 2 trials and 2 components." in ran.out
    assert due.account()["experiments"] == ["live"]


def test_1_a_defect_says_that_it_is_ours(user: User, tmp_path: Path) -> None:
    """Here a library is broken: the traceback is for the report, one message for the reader."""
    (tmp_path / "structlog.py").write_text(BROKEN)
    ran = user.shell("plan", env={**os.environ, "PYTHONPATH": str(tmp_path)})  # noqa: TID251
    assert (ran.code, ran.out) == (1, "")
    assert "error: a defect of SageWarden's own: RuntimeError: half installed" in ran.words
    assert "do: Please report it" in ran.words


def test_2_usage(user: User) -> None:
    ran = user("sweep", "--force")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: Unknown option: --force.\n  do: `sagewarden sweep --help` says what there is.\n"
    )


def test_3_something_was_refused(due: User) -> None:
    due.breaks("deny", "DeleteTrial")
    ran = due("sweep")
    assert ran.code == 3
    assert "2 steps were refused" in ran.words
    assert due.account()["trials"] == ["live-trial", "old-one-trial", "old-two-trial"]


def test_4_a_hard_limit(due: User) -> None:
    due.settles(limits=PATIENCE | {"hard": {"share": "10%"}})
    ran = due("sweep")
    assert ran.code == 4
    assert "exceeds a hard limit, nothing was deleted" in ran.words
    assert "or raise limits.hard knowingly." in ran.words
    assert due.writes() == []


def test_5_integrity(due: User) -> None:
    """An archive that is not what was written."""
    assert due("sweep").code == 0
    archive = next((due.folder / "vault" / "v1").rglob("*.jsonl.zst"))
    archive.chmod(0o600)
    archive.write_bytes(b"not what was written")
    ran = due("verify")
    assert ran.code == 5
    assert "NOT SOUND" in ran.out
    assert archive.name in ran.words.replace(" ", "")


def test_6_waits_for_approval(due: User) -> None:
    due.settles(limits=PATIENCE | {"hard": {"share": "100%"}})
    ran = due("sweep")
    assert ran.code == 6
    assert "waits for approval, nothing was deleted" in ran.words
    assert "then `sagewarden approve " in ran.words
    assert due.writes() == []


def test_11_another_worker_has_the_lease(slow: User) -> None:
    """The second sweep does nothing; the first goes on undisturbed."""
    first = slow.start("sweep")
    after_a_cut(slow)
    second = slow("sweep")
    assert (second.code, second.out) == (11, "")
    assert "another worker has the lease of 123456789012/us-east-1" in second.words
    assert "do: Nothing was done." in second.words
    assert ended(first).code == 0
    assert slow.account()["experiments"] == ["live"]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["130", "143"]
)
def test_an_interrupted_sweep_leaves_a_whole_journal(
    slow: User, number: signal.Signals, code: int
) -> None:
    """What was begun is ended or undone, the report is told, and the next run goes on."""
    run = slow.start("sweep")
    after_a_cut(slow)
    run.send_signal(number)
    stopped = ended(run)
    assert stopped.code == code
    assert "Stopping: what is under way is ended or undone first." in stopped.err
    assert "not attempted" in stopped.out
    assert "the run was told to stop (a signal" in stopped.words
    assert "Traceback" not in stopped.err
    assert slow.journal("intent") == slow.journal("outcome")
    assert [each for each in slow.account()["components"] if each.endswith(" on ")] == []
    assert slow("sweep").code == 0
    assert slow.account()["experiments"] == ["live"]


def test_a_signal_that_comes_twice_at_once_counts_once(slow: User) -> None:
    """`timeout` sends each of its signals to the process and to its group."""
    run = slow.start("sweep")
    after_a_cut(slow)
    run.send_signal(signal.SIGTERM)
    threading.Event().wait(0.05)  # so that they are two
    run.send_signal(signal.SIGTERM)
    stopped = ended(run)
    assert stopped.code == 143
    assert "not attempted" in stopped.out


def test_each_line_of_a_run_s_log_names_run_and_target(due: User) -> None:
    ran = due.shell("sweep")
    lines = [json.loads(line) for line in ran.err.splitlines() if '"event"' in line]
    (run,) = {line["run"] for line in lines}
    assert {line["target"] for line in lines} == {"123456789012/us-east-1"}
    assert (lines[0]["event"], lines[-1]["event"]) == ("run.began", "run.ended")
    assert lines[-1]["exit_code"] == ran.code
    assert f"sweep {run} on 123456789012/us-east-1 lab" in ran.out


def test_a_missing_word_is_named_as_it_is_typed(user: User) -> None:
    assert "error: `sagewarden explain` needs NAME do:" in user("explain").words
    assert "`sagewarden baseline accept` needs --reason" in user("baseline", "accept").words


def test_a_head_that_is_not_in_the_chain_is_not_called_ungiven(due: User) -> None:
    assert due("sweep").code == 0
    ran = due("verify", "--expect-head", f"1:{'a' * 64}")
    assert ran.code == 5
    assert "not anchored: the head that was expected is not in the chain" in ran.words
    assert "no head that was kept elsewhere was given" not in ran.words
    assert "do: keep the vault as it is" in ran.words
