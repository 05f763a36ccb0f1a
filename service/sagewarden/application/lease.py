"""One worker a target: a lease in the vault, renewed while it works.

A lease has expired when a contender has seen it unchanged for its whole length on its own
monotonic clock; nobody's wall clock counts. The holder's deadline is counted from before its last
renewal left, and `guard` refuses once it has passed: the last hook before a request leaves calls
it, so a worker that slept through its lease starts no new effect when it wakes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.ports import Bench
from sagewarden.core.keys import lease_key
from sagewarden.errors import (
    IntegrityError,
    LeaseHeld,
    VaultAbsent,
    VaultChanged,
    VaultError,
    VaultExists,
)

RENEWALS = 3
"""How often a lease is renewed within its length."""


class Lease:
    """A lease that this process holds."""

    def __init__(self, bench: Bench, seconds: float, holder: dict[str, Any], version: str) -> None:
        self._vault = bench.vault
        self._key = lease_key(bench.target)
        self._clock = bench.monotonic
        self._seconds = seconds
        self._holder = holder
        self._version = version
        self._beats = 0
        self._deadline = 0.0
        self._lock = threading.Lock()

    def extended_from(self, moment: float) -> "Lease":
        """Count the deadline from this moment, in seconds on the monotonic clock."""
        self._deadline = moment + self._seconds
        return self

    def guard(self) -> None:
        """Raise LeaseHeld when the deadline has passed: someone else may hold it by now."""
        if self._clock() >= self._deadline:
            raise LeaseHeld(
                "the lease ran out while this run worked",
                advice="Nothing more was sent; the next run settles what is open. See what kept "
                "this one from its vault, or raise run.lease.",
            )

    def renew(self) -> None:
        """Write the lease anew, and count its length from before that was sent."""
        with self._lock:
            moment = self._clock()
            self._beats += 1
            self._write(self._holder | {"beats": self._beats})
            self.extended_from(moment)

    def release(self) -> None:
        """Leave the target to the next worker at once."""
        with self._lock:
            self._deadline = 0.0
            self._write(self._holder | {"released": True})

    def _write(self, content: dict[str, Any]) -> None:
        """Write over our own lease; raise VaultChanged when it is another worker's by now.

        After a lost answer what lies there may be this write, or an earlier one: our nonce tells.
        """
        try:
            self._version = put_document(self._vault, self._key, content, self._version)
        except VaultChanged:
            found = read_or_none(self._vault, self._key)
            if found is None or found[0].get("nonce") != self._holder["nonce"]:
                raise
            self._version = found[1]
            if found[0] != content:
                self._version = put_document(self._vault, self._key, content, self._version)


@contextmanager
def leased(bench: Bench, *, run: str, seconds: float, nonce: str) -> Iterator[Lease]:
    """Hold the target's lease while the body runs; raise LeaseHeld when another worker has it."""
    holder = {"run": run, "nonce": nonce, "seconds": seconds}
    free = _free_version(bench, lease_key(bench.target))
    moment = bench.monotonic()  # after the wait for another's lease, before our own leaves
    version = _taken(bench, holder, free)
    lease = Lease(bench, seconds, holder, version).extended_from(moment)
    done = threading.Event()
    beat = threading.Thread(
        target=_beat, args=(lease, done, seconds / RENEWALS, bench.events), daemon=True
    )
    beat.start()
    try:
        yield lease
    finally:
        done.set()
        beat.join()
        _released(lease, bench)


def _released(lease: Lease, bench: Bench) -> None:
    try:
        lease.release()
    except (VaultError, IntegrityError) as error:
        bench.events("lease.release-failed", reason=str(error))


def _beat(lease: Lease, done: threading.Event, pause: float, events: Callable[..., None]) -> None:
    while not done.wait(pause):
        try:
            lease.renew()
        except VaultChanged:
            events("lease.lost")
            return
        except (VaultError, IntegrityError) as error:
            events("lease.renewal-failed", reason=str(error))


def _taken(bench: Bench, holder: dict[str, Any], free: str | None) -> str:
    key = lease_key(bench.target)
    try:
        return put_document(bench.vault, key, holder, free)
    except (VaultExists, VaultChanged, VaultAbsent) as error:
        found = read_or_none(bench.vault, key)
        if found is not None and found[0] == holder:
            return found[1]
        raise _held(bench, found[0] if found else {}) from error


def _free_version(bench: Bench, key: str) -> str | None:
    """Return the version to replace, None to create; wait one lease length to see it expire."""
    found = read_or_none(bench.vault, key)
    if found is None:
        return None
    content, version = found
    if content.get("released"):
        return version
    bench.events("lease.watched", held_by=content.get("run"), seconds=content.get("seconds"))
    deadline = bench.monotonic() + float(content["seconds"])
    while bench.monotonic() < deadline:
        bench.rest(min(1.0, max(0.0, deadline - bench.monotonic())))
        again = read_or_none(bench.vault, key)
        if again is None or again[1] != version or bench.stopping():
            raise _held(bench, content)
    return version


def _held(bench: Bench, content: dict[str, Any]) -> LeaseHeld:
    return LeaseHeld(
        f"another worker has the lease of {bench.target} (run {content.get('run', 'unknown')})",
        advice="Nothing was done. It frees the lease when it ends; this run can be started then.",
    )
