"""The machine's clocks: the only place that asks them for the date."""

from datetime import UTC, datetime


def wall_now() -> datetime:
    """Return the machine's own idea of the time, in UTC. Never judge an age by it: AWS's counts."""
    return datetime.now(UTC)  # noqa: TID251 -- everything else is handed this function
