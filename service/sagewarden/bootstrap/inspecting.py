"""What a daemon looks into: does a sample restore, is the vault as it was written, what went on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from secrets import token_hex

from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.telemetry.logs import tell
from sagewarden.application.chronicle import Chronicle
from sagewarden.application.digesting import make_digest, send_digest
from sagewarden.application.verify import Scope, verify
from sagewarden.application.walk import Finding
from sagewarden.bootstrap import Process, price_of, wire_target
from sagewarden.bootstrap.channels import channels_of
from sagewarden.bootstrap.drilling import drilled
from sagewarden.bootstrap.underway import Underway, tell_defect
from sagewarden.core.entities import Target
from sagewarden.core.share import Share
from sagewarden.core.standing import Inspection
from sagewarden.errors import SageWardenError
from sagewarden.settings import (
    DigestSettings,
    DrillSettings,
    JobSettings,
    Settings,
    TargetSettings,
    VerifySettings,
)

NAMED = 5
"""Findings that an event names; the command of the same name tells them all."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was looked at, in figures, and everything that is not as it should be."""

    figures: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether all is as it should be."""
        return not self.findings

    @property
    def told(self) -> str:
        """The first findings, in words."""
        more = [] if len(self.findings) <= NAMED else [f"and {len(self.findings) - NAMED} more"]
        return "; ".join([*(f"{each.key}: {each.wrong}" for each in self.findings[:NAMED]), *more])


Inspect = Callable[[Settings, TargetSettings, Process], Inspected]


def drilling(job: DrillSettings) -> Inspect:
    """Return what restores a sample into an empty sandbox and compares it."""

    def inspect(settings: Settings, chosen: TargetSettings, process: Process) -> Inspected:
        found = drilled(settings, chosen, process, job.sample, apart=True)
        figures = {"entities": found.entities, "of": found.of, "fields": found.fields}
        return Inspected(figures, found.findings)

    return inspect


def verifying(job: VerifySettings) -> Inspect:
    """Return what reads the journal, the chain and a share of the archives back."""

    def inspect(settings: Settings, chosen: TargetSettings, process: Process) -> Inspected:
        bench = wire_target(settings, chosen, process).bench
        found = verify(
            bench, Scope(share=Share.read(job.share), salt=token_hex(8), until=wall_now())
        )
        figures = {"runs": found.runs, "archives": found.archives, "entities": found.entities}
        return Inspected(figures, tuple(found.findings))

    return inspect


def digesting(job: DigestSettings) -> Inspect:
    """Return what tells the operator of the last days."""

    def inspect(settings: Settings, chosen: TargetSettings, process: Process) -> Inspected:
        bench = wire_target(settings, chosen, process).bench
        digest = make_digest(bench, job.covers, price_of(settings))
        sent = send_digest(bench, digest, channels_of(settings, bench.rest))
        if sent.accepted:
            tell("digest.sent", target=str(bench.target), digest=digest.name, told=digest.subject)
        findings = [Finding(channel, reason) for channel, reason in sent.refused]
        figures = {"runs": len(digest.runs), "deleted": digest.gone}
        return Inspected(figures, tuple(findings))

    return inspect


def inspections(settings: Settings) -> Mapping[str, tuple[JobSettings, Inspect]]:
    """Return what these settings let a daemon look into, by the job's name."""
    found: dict[str, tuple[JobSettings, Inspect]] = {}
    if settings.schedule.drill is not None:
        found["drill"] = (settings.schedule.drill, drilling(settings.schedule.drill))
    if settings.schedule.verify is not None:
        found["verify"] = (settings.schedule.verify, verifying(settings.schedule.verify))
    if settings.schedule.digest is not None:
        found["digest"] = (settings.schedule.digest, digesting(settings.schedule.digest))
    return found


@dataclass(frozen=True, slots=True)
class Inspector:
    """One inspection of one target, as a job of the daemon."""

    job: str
    target: Target
    chronicle: Chronicle
    underway: Underway

    @property
    def name(self) -> str:
        """What it is called while it is under way."""
        return f"{self.job} {self.target}"

    def inspect(self, settings: Settings, chosen: TargetSettings, process: Process) -> None:
        """Do it, and note and tell what it found; when it is stopped it has no result."""
        stop = self.underway.admit(self.name)
        if stop is None:
            return
        result, reason, figures = Inspection.FAILED, "", dict[str, int]()
        try:
            look = inspections(settings)[self.job][1]
            found = look(settings, chosen, replace(process, stop=stop))
            result = Inspection.SOUND if found.sound else Inspection.UNSOUND
            reason, figures = found.told, dict(found.figures)
        except SageWardenError as error:
            reason = error.message
        except Exception as defect:  # noqa: BLE001 -- the daemon outlives it, and says so
            reason = tell_defect(self.target, defect)
        finally:
            self.underway.release(self.name)
        if not stop.is_set():
            self.chronicle.inspected(self.target, self.job, result, reason)
            self._tell(result, reason, figures)

    def _tell(self, result: Inspection, reason: str, figures: Mapping[str, int]) -> None:
        told = {"target": str(self.target), "job": self.job, "result": str(result), **figures}
        if result is Inspection.SOUND:
            tell("inspection.sound", **told)
        else:
            tell("inspection.unsound", **told, reason=reason)
