"""Rates: one token bucket for each account, region and operation, as AWS limits them."""

import time

from sagewarden.sandbox.knobs import Knobs


class Buckets:
    """Token buckets on the machine's monotonic clock, whatever the sandbox's clock does."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._levels: dict[tuple[str, str, str], tuple[float, float]] = {}

    def admits(self, account: str, region: str, operation: str, *, own: bool) -> bool:
        """Take a token if there is one; `*` speaks for the sandbox's own services only."""
        rates = self._knobs.rates
        rate = rates.get(operation, rates.get("*") if own else None)
        if rate is None:
            return True
        now, place = time.monotonic(), (account, region, operation)
        level, since = self._levels.get(place, (self._knobs.burst, now))
        level = min(self._knobs.burst, level + (now - since) * rate)
        admitted = level >= 1.0
        self._levels[place] = (level - 1.0 if admitted else level, now)
        return admitted

    def refill(self) -> None:
        """Forget what was taken."""
        self._levels.clear()
