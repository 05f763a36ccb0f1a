"""Every call the sandbox got, numbered in order of arrival."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 500_000


@dataclass(slots=True)
class LoggedCall:
    """One call. `code` is `OK` or the error's code; empty while it runs or was cut off.

    `caller` is the access key that signed it, `role` the ARN of the role that it was lent to.
    """

    number: int
    at: float
    service: str
    operation: str
    account: str
    region: str
    resource: str
    write: bool
    params: Any = None
    code: str = ""
    status: int = 0
    applied: bool = False
    faults: list[str] = field(default_factory=list)
    caller: str = ""
    role: str = ""

    def to_json(self) -> dict[str, Any]:
        """Write it for the admin path; `at` in epoch seconds."""
        return {name: getattr(self, name) for name in self.__slots__}


class CallLog:
    """The last half million calls; numbers start at 1 and anew after `clear`."""

    def __init__(self) -> None:
        self.calls: deque[LoggedCall] = deque(maxlen=KEPT)
        self._count = 0

    def next_number(self) -> int:
        """Count one more call and return its number."""
        self._count += 1
        return self._count

    def add(self, call: LoggedCall) -> None:
        """Keep a call."""
        self.calls.append(call)

    def clear(self) -> None:
        """Forget every call and count from 1."""
        self.calls.clear()
        self._count = 0

    def select(
        self, *, after: int = 0, writes: bool = False, service: str = ""
    ) -> list[LoggedCall]:
        """Return the calls after a number; only those that write, only one service's."""
        return [
            call
            for call in self.calls
            if call.number > after
            and (call.write or not writes)
            and (not service or call.service == service)
        ]
