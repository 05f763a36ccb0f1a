"""A key that cannot be used at a run's end costs the signature, and nothing else."""

import pytest
from tests.runs.stage import Stage
from tests.runs.worlds import SMALL_LEFT

from sagewarden.application.reporting import reported_runs
from sagewarden.application.verify import verify
from sagewarden.core.keys import Family, sequence_of
from sagewarden.errors import SigningFailed


class Refusing:
    """A signer whose key nobody may use for a while; then it signs something."""

    algorithm = "ed25519"
    key = "0" * 64

    def __init__(self) -> None:
        self.refuses = True

    def sign(self, body: bytes) -> bytes:
        if self.refuses:
            raise SigningFailed("KMS did not sign")
        return body


def test_a_key_that_is_refused_leaves_the_run_whole_and_the_next_link_signed(due: Stage) -> None:
    """All is deleted, reported and chained; the signature of the next link covers this one."""
    due.signer = signer = Refusing()
    before = len(due.keys(Family.CHAIN))
    with pytest.raises(SigningFailed):
        due.sweep()
    assert (due.names(), due.open_intents()) == (SMALL_LEFT, [])
    assert len(reported_runs(due.bench())) == 2
    assert len(due.keys(Family.CHAIN)) == before + 1
    signer.refuses = False
    report = due.sweep()
    assert (report.exit_code, report.adopted) == (0, ())
    assert [sequence_of(key) for key in due.keys(Family.SIGNATURES)] == [3]
    assert verify(due.bench()).sound
