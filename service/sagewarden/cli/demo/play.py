"""The demo, step by step; each step is a command that works outside it just the same."""

import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from rich.rule import Rule
from rich.text import Text

from sagewarden import bootstrap
from sagewarden.adapters.clock import wall_now
from sagewarden.application.reporting import read_report, reported_runs
from sagewarden.cli.console import out, say
from sagewarden.cli.sandboxing import Components
from sagewarden.errors import SageWardenError, UsageError
from sagewarden.settings import load_settings

if TYPE_CHECKING:
    from sagewarden.cli.demo.stage import Stage
    from sagewarden.sandbox import AdminClient

GRACE: Final = 2.5
"""Seconds after which what the demo marked is due."""

KILL_AT: Final = 60
"""The worker is killed right after this many edges were cut, in the middle of a component."""

LOWERED: Final = (
    "Lowered for the occasion, here only: the grace period (2s, floor 1s instead of 7d), one match "
    "instead of two, the automatic limit (60% instead of 10%), and notices count by the log alone."
)


def demo(
    *,
    components: Components = 2_000,
    seed: int = 1,
    folder: Annotated[Path, Parameter(name=["--folder"])] = Path("sagewarden-demo"),
    serve: Annotated[bool, Parameter(negative="", show_default=False)] = False,
) -> int:
    """Start a fake AWS with a seeded account and do the whole job on it, one command at a time.

    Nothing leaves this machine and no AWS account is needed. Everything it writes lies in a new
    folder below --folder.

    Parameters
    ----------
    components
        Trial components of the seeded account.
    seed
        The same seed and number give the same account.
    folder
        Where the vault, the policies and the report are written.
    serve
        Leave the daemon running on it in the end, with a sweep each minute, until interrupted.
    """
    try:
        from sagewarden.cli.demo.stage import staged  # noqa: PLC0415 -- an extra
        from sagewarden.sandbox import AdminClient  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            f"the sandbox is not installed ({error.name} is missing)",
            advice="Install it with `pip install 'sagewarden[sandbox]'`.",
        ) from error
    began = monotonic()
    place = folder.absolute() / f"{wall_now():%Y%m%d-%H%M%S}"
    with staged(place, components=components, seed=seed) as stage:
        _prologue(stage, components)
        _play(stage, AdminClient(stage.url))
        _epilogue(stage, AdminClient(stage.url), monotonic() - began)
        return _served(stage) if serve else 0


def _prologue(stage: "Stage", components: int) -> None:
    say(Text(f"A fake AWS account with {components:,} trial components serves at {stage.url}."))
    say(Text("It throttles, and its deletes answer “linked” for a while, as AWS's do."))
    say(Text(LOWERED, "yellow"))
    say(Text(f"Settings, policies and the vault lie in {stage.folder}", "dim"))


def _play(stage: "Stage", admin: "AdminClient") -> None:
    _step("The first run only marks, and tells owners")
    _command(stage, ["sweep"])
    threading.Event().wait(GRACE)
    _step("Once the grace period is over: what is due, and why. This only reads")
    _command(stage, ["plan"])
    digest = _digest(stage)
    _step("Apply exactly that plan, and kill -9 the worker in the middle")
    _killed(stage, admin, ["apply", digest])
    _step("The next run settles what the dead one left open, and goes on")
    _command(stage, ["sweep"])
    _step("The report, for people")
    _command(stage, ["report", "--format", "html", "--output", str(stage.folder / "report.html")])
    _step("Is the vault intact? Every archive is read back and hashed")
    _command(stage, ["verify"])
    tree = _restorable(stage)
    _step(f"Bring one deleted tree back: {tree}")
    _command(stage, ["restore", tree])


def _step(title: str) -> None:
    say("")
    say(Rule(Text(title, "bold"), align="left"))


def _command(stage: "Stage", words: Sequence[str]) -> None:
    say(Text(f"$ sagewarden {' '.join(words)}", "cyan"))
    began = monotonic()
    with (stage.folder / "log.jsonl").open("ab") as log:
        code = stage.start(words, stderr=log).wait()
    say(Text(f"({monotonic() - began:.1f} s)", "dim"))
    if code != 0:
        raise SageWardenError(
            f"`sagewarden {words[0]}` ended with {code}",
            advice=f"Its log is {stage.folder / 'log.jsonl'}",
        )


def _killed(stage: "Stage", admin: "AdminClient", words: Sequence[str]) -> None:
    """Start a run and have the sandbox kill it right after it applied one Disassociate."""
    say(Text(f"$ sagewarden {' '.join(words)}", "cyan"))
    with (stage.folder / "log.jsonl").open("ab") as log:
        run = stage.start(words, stderr=log, stdout=subprocess.DEVNULL)
        admin.add_fault(
            operation="DisassociateTrialComponent",
            nth_match=KILL_AT,
            action="kill_after",
            pid=run.pid,
        )
        run.wait()
    admin.clear_rules()
    done = Counter(call["operation"] for call in admin.calls(writes=True) if call["applied"])
    say(
        Text(
            f"killed after {done['DisassociateTrialComponent']} edges and "
            f"{done['DeleteTrialComponent']} components: some are cut off and still there"
        )
    )


def _digest(stage: "Stage") -> str:
    plans = sorted((stage.folder / "vault").glob("v1/*/*/plans/*"))
    if not plans:
        raise UsageError(
            "nothing is due in an account this small",
            advice="Give more --components (2000 is the default), or another --seed.",
        )
    return plans[0].name[:12]


def _restorable(stage: "Stage") -> str:
    """Name an experiment that was deleted with some components, by the newest report."""
    settings = load_settings(stage.config).settings
    chosen = bootstrap.find_targets(settings).targets[0]
    bench = bootstrap.wire_target(settings, chosen, bootstrap.Process()).bench
    gone = [
        row
        for row in read_report(bench, reported_runs(bench)[-1]).outcomes
        if (row.effect, row.result) == ("delete", "done")
    ]
    sizes = Counter(row.unit for row in gone)
    experiments = [row for row in gone if row.kind == "experiment"]
    return min(experiments, key=lambda row: (abs(sizes[row.unit] - 12), row.name)).name


def _epilogue(stage: "Stage", admin: "AdminClient", seconds: float) -> None:
    calls = admin.calls()
    codes = Counter(call["code"] for call in calls)
    linked = sum(
        call["operation"] == "DeleteTrialComponent" and call["code"] == "ValidationException"
        for call in calls
    )
    deleted = sum(
        call["operation"] == "DeleteTrialComponent" and call["code"] == "OK" for call in calls
    )
    say("")
    say(Rule(Text("Done", "bold green"), align="left"))
    say(
        Text(
            f"{deleted:,} components deleted in {seconds:.0f} s over {len(calls):,} calls; "
            f"{codes['ThrottlingException']:,} were throttled, {linked:,} answered “linked”."
        )
    )
    say(Text(f"Open the report: {stage.folder / 'report.html'}", "bold"))


def _served(stage: "Stage") -> int:
    """Run the daemon until it is told to stop, and return its exit code."""
    say("")
    say(Rule(Text("The daemon goes on", "bold"), align="left"))
    say(Text(f"$ sagewarden serve --config {stage.config}", "cyan"))
    say(Text("It sweeps each minute; its first line says where /readyz and /metrics are."))
    say(Text("Ctrl-C, or SIGTERM, ends it, and the fake AWS with it.", "dim"))
    out.file.flush()
    daemon = stage.start(["serve"])
    stops = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda *_: daemon.terminate()) for each in stops}
    try:
        return daemon.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
