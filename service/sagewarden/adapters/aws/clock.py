"""AWS's time, as the Date header of every answer tells it."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from sagewarden.errors import ReadFailed


class ServerClock:
    """The server's last Date, carried on by our monotonic clock; good to about a second.

    `wall_now` (UTC) is only compared with it, `monotonic` counts seconds.
    """

    def __init__(self, wall_now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._wall_now = wall_now
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._told: tuple[datetime, float] | None = None
        self._skew = 0.0

    def note(self, date: str) -> None:
        """Take in a Date header; one that is no date is ignored."""
        try:
            told = parsedate_to_datetime(date).astimezone(UTC)
        except ValueError:
            return
        with self._lock:
            self._told = (told, self._monotonic())
            self._skew = (self._wall_now() - told).total_seconds()

    def now(self) -> datetime:
        """Return the server's time (UTC); raise ReadFailed when it never answered."""
        with self._lock:
            if self._told is None:
                raise ReadFailed("AWS has not told its time yet: no call was answered")
            told, at = self._told
            return told + timedelta(seconds=self._monotonic() - at)

    def skew(self) -> float:
        """Seconds by which our wall clock ran ahead of the server at its last answer; 0 if none."""
        with self._lock:
            return self._skew

    def listen(self, client: Any) -> None:
        """Hear the Date of each answer, errors included, that a boto3 client gets."""
        client.meta.events.register("response-received.*", self._heard)

    def _heard(self, response_dict: Mapping[str, Any] | None = None, **_: Any) -> None:
        date = response_dict["headers"].get("Date") if response_dict else None
        if date:
            self.note(date)
