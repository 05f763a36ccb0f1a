"""Drives a sandbox in another process over its admin path. Standard library only."""

import json
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from sagewarden.sandbox.addressing import ADMIN_PREFIX


class AdminClient:
    """The admin path as methods. `urllib.error.HTTPError` (400) tells what was asked wrongly."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        self._base = url.rstrip("/") + ADMIN_PREFIX
        self._timeout = timeout

    def knobs(self) -> dict[str, Any]:
        """Return every setting."""
        return self._get("knobs")

    def set_knobs(self, **settings: Any) -> dict[str, Any]:
        """Change settings by name; return all."""
        return self._post("knobs", settings)

    def add_fault(self, **rule: Any) -> int:
        """Inject a fault (fields of `rules.Fault`); return its number."""
        return int(self._post("fault", rule)["id"])

    def add_hook(self, **rule: Any) -> int:
        """Add an adversary (fields of `rules.Hook`); return its number."""
        return int(self._post("hook", rule)["id"])

    def rules(self) -> dict[str, Any]:
        """Return faults and hooks by number, with how often each matched and fired."""
        return self._get("rules")

    def remove_rule(self, number: int) -> None:
        """Take one fault or hook away."""
        self._post("remove-rule", {"id": number})

    def clear_rules(self) -> None:
        """Take every fault and hook away."""
        self._post("clear-rules", {})

    def calls(
        self, *, after: int = 0, writes: bool = False, service: str = ""
    ) -> list[dict[str, Any]]:
        """Return logged calls after a number; only writes, only one service's."""
        query = {"after": after, "writes": int(writes), "service": service}
        found: list[dict[str, Any]] = self._get(f"calls?{urlencode(query)}")["calls"]
        return found

    def clear_calls(self) -> None:
        """Forget the call log; numbers start at 1 again."""
        self._post("clear-calls", {})

    def now(self) -> float:
        """Return the sandbox's time in epoch seconds (UTC)."""
        return float(self._get("clock")["now"])

    def set_clock(self, **change: Any) -> float:
        """Set `offset`, `advance` (seconds) or `frozen` (with `at`); return the time then."""
        return float(self._post("clock", change)["now"])

    def perform(self, operation: str, params: dict[str, Any], **where: Any) -> dict[str, Any]:
        """Make a call past rates, faults and log; `where`: service, account, region."""
        return self._post("perform", {"operation": operation, "params": params, **where})

    def snapshot(self, name: str = "default", *, s3: bool = False) -> None:
        """Keep everything under a name."""
        self._post("snapshot", {"name": name, "s3": s3})

    def restore(self, name: str = "default") -> None:
        """Bring a snapshot back."""
        self._post("restore", {"name": name})

    def reset(self, *, s3: bool = True) -> None:
        """Empty the sandbox."""
        self._post("reset", {"s3": s3})

    def _get(self, path: str) -> dict[str, Any]:
        return self._send(Request(self._base + path))  # noqa: S310 - the caller's own loopback URL

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        content = json.dumps(body).encode()
        return self._send(Request(self._base + path, data=content, method="POST"))  # noqa: S310

    def _send(self, request: Request) -> dict[str, Any]:
        with urlopen(request, timeout=self._timeout) as answer:  # noqa: S310 - as above
            read: dict[str, Any] = json.load(answer)
            return read
