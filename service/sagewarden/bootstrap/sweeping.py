"""One run of one target, as `sweep`, `apply` and the daemon do it."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from sagewarden.adapters.reports.headline import headline
from sagewarden.adapters.telemetry.logs import bound
from sagewarden.application.judging import Governance
from sagewarden.application.ports import Bench
from sagewarden.application.run import run_target
from sagewarden.application.sweep import Run
from sagewarden.bootstrap import Process, govern, new_run, wire_target
from sagewarden.core.report import Report
from sagewarden.errors import SageWardenError
from sagewarden.settings import Settings, TargetSettings


@dataclass(frozen=True, slots=True)
class ReadyRun:
    """A run that has its name and all it needs, and has not begun."""

    bench: Bench
    governance: Governance
    run: Run

    @classmethod
    def of(
        cls,
        settings: Settings,
        chosen: TargetSettings,
        process: Process,
        policies: str | None = None,
    ) -> Self:
        """Read the policies, wire the target, name the run; nothing is called yet."""
        wired = wire_target(settings, chosen, process)
        governance = govern(settings, wired, policies)
        run = new_run(settings, wired)
        events = partial(wired.bench.events, run=run.name)
        return cls(replace(wired.bench, events=events), governance, run)

    def named_progress(self) -> Self:
        """Return it with its target's name in its progress, for where several are told of."""
        told, target = self.bench.progress, self.bench.target

        def progress(what: str, count: int, of: int | None) -> None:
            told(f"{target.name or target} {what}", count, of)

        return replace(self, bench=replace(self.bench, progress=progress))

    def do(self, plan: str = "") -> Report:
        """Do it; log that it began and how it ended, and each line between under its name.

        Raise what `run_target` raises.
        """
        bench, target = self.bench, self.bench.target
        began, endpoint = bench.monotonic(), self.governance.endpoint

        def ended(code: int, **told: str) -> None:
            seconds = round(bench.monotonic() - began, 1)
            bench.events("run.ended", exit_code=code, seconds=seconds, **told)

        with bound(
            run=self.run.name, target=str(target), account=target.account, region=target.region
        ):
            bench.events("run.began", plan=plan, vault=bench.vault.address, endpoint=endpoint)
            try:
                report = run_target(bench, self.governance, self.run, plan=plan or None)
            except SageWardenError as error:
                ended(error.exit_code, reason=error.message, advice=error.advice)
                raise
            except Exception as defect:
                ended(SageWardenError.exit_code, reason=f"{type(defect).__name__}: {defect}")
                raise
            ended(report.exit_code, told=headline(report).sentence)
            return report
