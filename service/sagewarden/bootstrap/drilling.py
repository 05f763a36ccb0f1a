"""Opens an empty sandbox for a drill; nothing of it reaches AWS."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from secrets import token_hex

from sagewarden.adapters.aws.calls import CallCounter, Reads
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import Limiters, Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.records import SageMakerRecords
from sagewarden.adapters.aws.restoring import SageMakerRestoring
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.telemetry.logs import tell
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.drill import Arena, Drilled, Fresh, drill
from sagewarden.application.ports import Bench
from sagewarden.bootstrap import Process, VaultCodec, boot_monotonic, wire_target
from sagewarden.core.entities import Target
from sagewarden.errors import UsageError
from sagewarden.settings import Settings, TargetSettings

EAGER = Pace(start=1_000.0, ceiling=5_000.0)
"""Nobody shares the sandbox."""


def drilled(settings: Settings, chosen: TargetSettings, process: Process, sample: int) -> Drilled:
    """Drill one target on a sample that is drawn anew: what a command or a schedule calls."""
    bench = wire_target(settings, chosen, process).bench
    return drill(bench, fresh(bench.target, process), sample, token_hex(8))


def fresh(target: Target, process: Process) -> Fresh:
    """Return what opens an empty sandbox that calls itself this target."""
    return lambda: _opened(target, process)


@contextmanager
def _opened(target: Target, process: Process) -> Iterator[Arena]:
    try:
        from sagewarden.sandbox import Sandbox  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise UsageError(
            f"a drill needs the sandbox, which is not installed ({error.name} is missing)",
            advice="Install it with `pip install 'sagewarden[sandbox]'`.",
        ) from error
    box = Sandbox(account=target.account, region=target.region)
    box.admin.set_knobs(components_per_trial=100_000, trials_per_experiment=100_000)
    with box.running():
        access = Access(target=target, endpoint_url=box.url, keys=(target.account, "sandbox"))
        yield _arena(TargetSession(access, wall_now), process)


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
        events=partial(tell, target=f"a drill of {session.target}"),
        progress=process.progress,
    )
    return Arena(bench, SageMakerRestoring(session, limiters, counter))
