"""Opens an empty sandbox for a drill; nothing of it reaches AWS."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from secrets import token_hex

from sagewarden.adapters.aws.calls import CallCounter, Reads
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import Limiters, Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.records import SageMakerRecords
from sagewarden.adapters.aws.restoring import SageMakerRestoring
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.drill import Arena, Drilled, Fresh, drill
from sagewarden.application.ports import Bench
from sagewarden.bootstrap import (
    Process,
    VaultCodec,
    boot_monotonic,
    redaction_of,
    wire_target,
)
from sagewarden.core.entities import Target
from sagewarden.errors import UsageError
from sagewarden.settings import Settings, TargetSettings

EAGER = Pace(start=1_000.0, ceiling=5_000.0)
"""Nobody shares the sandbox."""


KNOBS = {"components_per_trial": 100_000, "trials_per_experiment": 100_000}
"""A sample may hold more than AWS would create anew."""

Opening = Callable[[Target], AbstractContextManager[str]]
"""Opens an empty sandbox that calls itself this target, and gives its address."""


def drilled(
    settings: Settings,
    chosen: TargetSettings,
    process: Process,
    sample: int,
    *,
    apart: bool = False,
) -> Drilled:
    """Drill one target on a sample that is drawn anew: what a command or a schedule calls.

    With `apart` the sandbox is a process of its own: what lives on keeps no memory of it, and no
    code that plays AWS comes into a process that works on the real one.
    """
    bench = wire_target(settings, chosen, process).bench
    opening = opened_apart if apart else opened_here
    box = fresh(bench.target, process, opening)
    return drill(bench, box, sample, token_hex(8), redaction_of(settings))


def fresh(target: Target, process: Process, opening: Opening | None = None) -> Fresh:
    """Return what opens an empty sandbox that calls itself this target."""
    return lambda: _opened(target, process, opening or opened_here)


@contextmanager
def _opened(target: Target, process: Process, opening: Opening) -> Iterator[Arena]:
    with opening(target) as url:
        access = Access(target=target, endpoint_url=url, keys=(target.account, "sandbox"))
        yield _arena(TargetSession(access, wall_now), process)


@contextmanager
def opened_apart(target: Target) -> Iterator[str]:
    """Serve it in a process of its own, which ends with the block."""
    command = [
        *(sys.executable, "-m", "sagewarden.sandbox", "--account", target.account),
        *("--region", target.region, "--knobs", json.dumps(KNOBS)),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as box:  # noqa: S603 -- our own
        try:
            line = box.stdout.readline() if box.stdout else b""
            if not line:
                raise UsageError(
                    "a drill needs the sandbox, which did not start",
                    advice="Install it with `pip install 'sagewarden[sandbox]'`.",
                )
            yield str(json.loads(line)["url"])
        finally:
            box.terminate()


@contextmanager
def opened_here(target: Target) -> Iterator[str]:
    """Serve it in this process."""
    try:
        from sagewarden.sandbox import Sandbox  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise UsageError(
            f"a drill needs the sandbox, which is not installed ({error.name} is missing)",
            advice="Install it with `pip install 'sagewarden[sandbox]'`.",
        ) from error
    box = Sandbox(account=target.account, region=target.region)
    box.admin.set_knobs(**KNOBS)
    with box.running():
        yield box.url


def _untold(event: str, **fields: object) -> None:
    """Tell no line of each thing that a sandbox gets: the drill's result tells what differs."""


def _arena(session: TargetSession, process: Process) -> Arena:
    limiters, counter = Limiters(time.monotonic, process.stop, EAGER), CallCounter()
    reads = Reads(
        session=session,
        limiters=limiters,
        counter=counter,
        stop=threading.Event(),
        monotonic=time.monotonic,
    )
    looks = SageMakerLooks(reads)
    bench = Bench(
        target=session.target,
        vault=MemoryVault(),
        codec=VaultCodec(),
        surveys=SageMakerSurveys(reads, looks),
        looks=looks,
        records=SageMakerRecords(reads),
        effects=None,
        rest=process.rest,
        stopping=process.stop.is_set,
        monotonic=boot_monotonic,
        events=_untold,
        progress=process.progress,
    )
    return Arena(bench, SageMakerRestoring(session, limiters, counter))
