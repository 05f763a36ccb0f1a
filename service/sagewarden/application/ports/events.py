"""What happened, told to whoever reads the logs."""

from typing import Any, Protocol


class Events(Protocol):
    """Takes an event's name from the table in `service/ARCHITECTURE.md`, and its fields."""

    def __call__(self, event: str, **fields: Any) -> None:
        """Tell one event."""
