"""A run that leaves secrets out of its archives is taken up like any other."""

import pytest
from tests.runs.enumerating import Points, Replay, dies
from tests.runs.stage import Stage
from tests.runs.test_crashes import EFFECTS, JOURNAL
from tests.runs.worlds import SMALL_LEFT

from sagewarden.bootstrap import VaultCodec
from sagewarden.core.keys import Family
from sagewarden.core.redaction import REDACTED, Redaction


@pytest.fixture
def replay(due: Stage) -> Replay:
    due.redaction = Redaction(["depth"])
    return Replay(due)


def archived(stage: Stage) -> list[object]:
    """What each archive that holds `stray-1` says of its parameters."""
    lines = [
        line
        for key in stage.keys(Family.ARCHIVE)
        for line in VaultCodec.lines(stage.vault.get(key).body)[1:]
    ]
    return [each["described"]["Parameters"] for each in lines if each["name"] == "stray-1"]


@pytest.mark.parametrize(
    ("kinds", "point"),
    [(EFFECTS, 18), (EFFECTS, 19), (JOURNAL, -2), (JOURNAL, -1)],
    ids=["before its delete", "after its delete", "before its outcome", "after its outcome"],
)
def test_a_run_that_died_over_what_was_redacted_is_taken_up(
    replay: Replay, kinds: frozenset[str], point: int
) -> None:
    """From the archive that lacks the secret: what is compared was read before it was left out."""
    everywhere = Points(kinds)
    everywhere.watch(replay.restart())
    replay.stage.sweep()
    stage = replay.restart()
    assert dies(stage, Points(kinds, point % len(everywhere.seen)))
    assert replay.calm().sweep().exit_code == 0
    assert stage.names() == SMALL_LEFT
    assert all(each == {"depth": {"StringValue": REDACTED}} for each in archived(stage))
    assert archived(stage)
