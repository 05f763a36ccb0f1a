"""The sandbox as a command: start, seed, say where, serve."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson

from sagewarden.sandbox.knobs import DEFAULT_ACCOUNT, Knobs
from sagewarden.sandbox.rules import Fault, rule_from
from sagewarden.sandbox.server import REGION, Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a sandbox process is started with."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: any free one."""
    components: int = 0
    """How many components the seeded account has; 0: none is seeded."""
    seed: int = 0
    account: str = DEFAULT_ACCOUNT
    region: str = REGION
    knobs: dict[str, Any] = field(default_factory=dict)
    """Fields of `Knobs` by name."""
    faults: list[dict[str, Any]] = field(default_factory=list)
    """Fields of `Fault` by name, one mapping a fault."""
    clock_offset: float = 0.0
    """Seconds by which the sandbox's clock is ahead of the machine's."""


def run(options: Options, say: Callable[[str], object] = sys.stdout.write) -> None:
    """Serve until interrupted. Says one line of JSON when ready: url, account, region, seconds."""
    began = monotonic()
    knobs = Knobs()
    knobs.update(options.knobs)
    box = Sandbox(
        knobs=knobs,
        account=options.account,
        region=options.region,
        host=options.host,
        port=options.port,
    )
    box.admin.set_offset(options.clock_offset)
    for each in options.faults:
        box.admin.add_fault(rule_from(Fault, each))
    if options.components:
        box.seed(components=options.components, seed=options.seed)

    def ready(running: Sandbox) -> None:
        told = {
            "url": running.url,
            "account": running.account,
            "region": running.region,
            "components": len(running.state.components),
            "seconds": round(monotonic() - began, 3),
        }
        say(orjson.dumps(told).decode() + "\n")
        sys.stdout.flush()

    try:
        box.serve_forever(ready)
    except KeyboardInterrupt:
        return
