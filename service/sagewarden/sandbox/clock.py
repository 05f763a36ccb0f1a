"""The sandbox's own time: runs with an offset, stands still, or is moved by hand."""

from datetime import UTC, datetime
from email.utils import formatdate


def machine_time() -> float:
    """Return the machine's time in epoch seconds (UTC), whatever the sandbox's clock shows."""
    return datetime.now(UTC).timestamp()  # noqa: TID251 - the sandbox plays AWS: its time is nobody's argument


class SandboxClock:
    """Server time in epoch seconds (UTC), to the millisecond. Starts as the machine's time."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        """Return the server's time, in epoch seconds."""
        if self._frozen is not None:
            return round(self._frozen, 3)
        return round(machine_time() + self.offset, 3)

    def freeze(self, at: float | None = None) -> None:
        """Stand still, at epoch second `at` or now."""
        self._frozen = self.now() if at is None else at

    def unfreeze(self) -> None:
        """Run on from where it stands."""
        stood, self._frozen = self.now(), None
        self.offset = 0.0
        self.offset = stood - self.now()

    def advance(self, seconds: float) -> None:
        """Jump; backwards when negative. A frozen clock stays frozen."""
        if self._frozen is None:
            self.offset += seconds
        else:
            self._frozen += seconds

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen is not None

    def http_date(self) -> str:
        """Return the time as the Date header writes it."""
        return formatdate(self.now(), usegmt=True)
