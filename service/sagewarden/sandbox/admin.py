"""The sandbox from behind: knobs, faults, hooks, clock, call log, snapshots. Not an AWS API."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sagewarden.sandbox.addressing import Address
from sagewarden.sandbox.calllog import LoggedCall
from sagewarden.sandbox.engine import Engine
from sagewarden.sandbox.knobs import DEFAULT_ACCOUNT, Knobs
from sagewarden.sandbox.rules import Fault, Hook
from sagewarden.sandbox.state import AccountState, Snapshot

OnLoop = Callable[[Callable[[], Any]], Any]
"""Runs something where requests are answered, so that no request sees half of it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A snapshot: the SageMaker world, and S3's content when that was asked for."""

    world: dict[tuple[str, str], Snapshot]
    buckets: Any


class Admin:
    """Everything a test may do to a sandbox. Safe from any thread."""

    def __init__(self, engine: Engine, on_loop: OnLoop, on_moto: OnLoop, moto: Any) -> None:
        self._engine = engine
        self._on_loop = on_loop
        self._on_moto = on_moto
        self._moto = moto
        self._ids = itertools.count(1)
        self._saved: dict[str, Saved] = {}

    @property
    def knobs(self) -> Knobs:
        """The settings; they may be changed in place."""
        return self._engine.knobs

    def set_knobs(self, **settings: Any) -> None:
        """Change settings by name; an unknown name is a KeyError."""
        self._on_loop(lambda: self._engine.knobs.update(settings))

    def account(self, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1") -> AccountState:
        """Return one account's state in one region."""
        return self._engine.world.account(account, region)

    def add_fault(self, fault: Fault) -> int:
        """Inject a fault; returns the number that `remove_rule` takes."""
        number = next(self._ids)
        self._engine.faults[number] = fault
        return number

    def add_hook(self, hook: Hook) -> int:
        """Let an adversary act before calls; returns the number that `remove_rule` takes."""
        number = next(self._ids)
        self._engine.hooks[number] = hook
        return number

    def remove_rule(self, number: int) -> None:
        """Take one fault or hook away."""
        self._engine.faults.pop(number, None)
        self._engine.hooks.pop(number, None)

    def clear_rules(self) -> None:
        """Take every fault and hook away."""
        self._engine.faults.clear()
        self._engine.hooks.clear()

    @property
    def faults(self) -> dict[int, Fault]:
        """The faults, with how often each matched and fired."""
        return dict(self._engine.faults)

    @property
    def hooks(self) -> dict[int, Hook]:
        """The hooks, with how often each matched and fired."""
        return dict(self._engine.hooks)

    def perform(
        self,
        operation: str,
        params: dict[str, Any],
        *,
        service: str = "sagemaker",
        account: str = DEFAULT_ACCOUNT,
        region: str = "us-east-1",
    ) -> Any:
        """Make a call of SageMaker's past rates, faults and log. A refusal is raised."""
        address = Address(service, operation, account, region, "")
        return self._on_loop(lambda: self._engine.perform(address, params))

    def calls(self, *, after: int = 0, writes: bool = False, service: str = "") -> list[LoggedCall]:
        """Return logged calls after a number; only writes, only one service's."""
        log = self._engine.log
        found: list[LoggedCall] = self._on_loop(
            lambda: log.select(after=after, writes=writes, service=service)
        )
        return found

    def clear_calls(self) -> None:
        """Forget the call log; numbers start at 1 again."""
        self._on_loop(self._engine.log.clear)

    def now(self) -> float:
        """Return the sandbox's time in epoch seconds."""
        return self._engine.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock on."""
        self._engine.clock.advance(seconds)

    def freeze(self, at: float | None = None) -> None:
        """Stop the sandbox's clock, at an epoch second or now."""
        self._engine.clock.freeze(at)

    def unfreeze(self) -> None:
        """Let the sandbox's clock run on."""
        self._engine.clock.unfreeze()

    def set_offset(self, seconds: float) -> None:
        """Set how far the sandbox's running clock is ahead of the machine's."""
        self._engine.clock.offset = seconds

    def snapshot(self, name: str = "default", *, s3: bool = False) -> None:
        """Keep the SageMaker content of every account, and S3's if asked, under a name."""
        world = self._on_loop(self._engine.world.snapshot)
        buckets = self._on_moto(self._moto.snapshot) if s3 else None
        self._saved[name] = Saved(world, buckets)

    def restore(self, name: str = "default") -> None:
        """Bring a snapshot back; rates start full. Knobs, rules, log and clock stay as they are."""
        saved = self._saved[name]
        self._on_loop(lambda: self._engine.world.restore(saved.world))
        self._engine.buckets.refill()
        if saved.buckets is not None:
            self._on_moto(lambda: self._moto.restore(saved.buckets))

    def reset(self, *, s3: bool = True) -> None:
        """Empty every account, and S3 unless told otherwise; clear rules and log; default knobs."""
        self._on_loop(lambda: self._engine.world.restore({}))
        self._engine.knobs.update(Knobs().to_json())
        self._engine.buckets.refill()
        self.clear_rules()
        self.clear_calls()
        if s3:
            self._on_moto(self._moto.reset)
