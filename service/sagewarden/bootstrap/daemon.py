"""The daemon: what its jobs do, what it keeps between runs, how it hears of new settings."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.telemetry.logs import tell
from sagewarden.application.chronicle import Chronicle
from sagewarden.application.fleet import Fleet
from sagewarden.application.ports.schedule import Job, Scheduler
from sagewarden.application.ports.vault import Vault
from sagewarden.application.reporting import last_good
from sagewarden.bootstrap import Meters, Process, policies_of, wire_target
from sagewarden.bootstrap.inspecting import Inspector, inspections
from sagewarden.bootstrap.metering import Metering
from sagewarden.bootstrap.sweeping import ReadyRun
from sagewarden.bootstrap.targets import Asked, Found, find_targets
from sagewarden.bootstrap.underway import Underway, tell_defect
from sagewarden.core.entities import Target
from sagewarden.core.policy import PolicySet
from sagewarden.core.schedule import Window
from sagewarden.core.standing import RunResult, result_of
from sagewarden.core.visible import one_line
from sagewarden.errors import SageWardenError
from sagewarden.settings import Settings, TargetSettings

STEP = 5.0
"""Seconds by which the wall clock may leave the monotonic one between two ticks."""

MEND = "Mend the file and send SIGHUP again; until then nothing changes."

Loading = Callable[[], Settings]
"""Reads the settings anew; raises SageWardenError."""


class Daemon:
    """Begins runs when its scheduler says so, and outlives whatever goes wrong in one."""

    def __init__(self, load: Loading, asked: Asked, usual: Process | None = None) -> None:
        """Begin with the settings as they are; `usual` says how fast and patient each run is."""
        self._load = load
        self._usual = usual or Process()
        self._asked = asked
        self._settings = load()
        self._underway = Underway()
        self._directories: dict[str, Vault] = {}
        self._fleet = Fleet(self._settings.run.targets_at_once)
        self._drift = _drift()
        self.beat = time.monotonic()
        self.chronicle = Chronicle(time.monotonic)
        self._metering = Metering(self.chronicle, self._usual)
        self.chronicle.govern(self._foreseen(self._settings))

    @property
    def settings(self) -> Settings:
        """The settings that count now."""
        return self._settings

    def jobs(self, settings: Settings) -> list[Job]:
        """Return every job that the daemon has, under these settings."""
        schedule = settings.schedule
        return [
            Job("sweep", schedule.sweep.timing(schedule.zone), self.sweep),
            *(
                Job(name, when.timing(schedule.zone), partial(self._inspect_all, name))
                for name, (when, _) in inspections(settings).items()
            ),
        ]

    def sweep(self) -> None:
        """Begin a run of each target that has none under way."""
        settings = self._settings
        if self._policies(settings) is None:
            return
        for each in self._targets(settings):
            target = _target(each)
            if not self._fleet.take(str(target), partial(self._run, settings, each)):
                tell("run.left-out", target=str(target), reason="one is under way still")

    def _policies(self, settings: Settings) -> PolicySet | None:
        """Read the policies; note and tell when they are refused."""
        try:
            found = policies_of(settings)
        except SageWardenError as error:
            reason = one_line(error.message)
            self.chronicle.note(policies=reason)
            tell("policies.refused", reason=reason, advice=error.advice)
            return None
        self.chronicle.note(policies="")
        return found

    def reload(self, scheduler: Scheduler) -> None:
        """Read the settings anew, and the policies; old settings count while new are refused."""
        try:
            settings = self._load()
            foreseen = self._foreseen(settings)
            scheduler.plan(self.jobs(settings))
        except SageWardenError as error:
            self._refuse(one_line(error.message), MEND)
            return
        except Exception as defect:  # noqa: BLE001 -- the old settings stand, and the daemon lives
            self._refuse(f"{type(defect).__name__}: {defect}", "Please report it.")
            return
        if settings.web != self._settings.web:
            tell("settings.kept", setting="web", reason="it counts after a restart only")
        self._settings = settings
        self._fleet.allow(settings.run.targets_at_once)
        self.chronicle.govern(foreseen)
        self.chronicle.note(settings="")
        tell("settings.read", targets=len(self.chronicle.standings()))
        threading.Thread(  # they may lie in a bucket: the main thread waits for nobody
            target=self._look_at_policies, args=(settings,), name="policies", daemon=True
        ).start()

    def _look_at_policies(self, settings: Settings) -> None:
        """Tell whether the next run will find policies that hold."""
        if (found := self._policies(settings)) is not None:
            tell("policies.read", policies=len(found.policies), files=len(found.files))

    def _refuse(self, reason: str, advice: str) -> None:
        self.chronicle.note(settings=reason)
        tell("settings.refused", reason=reason, advice=f"The old settings stand. {advice}")

    def tick(self, scheduler: Scheduler) -> None:
        """Look at the clocks: hours may have ended, or somebody set the time."""
        self.beat = time.monotonic()
        drift = _drift()
        if abs(drift - self._drift) > STEP:
            tell("clock.stepped", seconds=round(drift - self._drift, 1))
            scheduler.look()
        self._drift = drift
        self._underway.close(wall_now())

    def stop(self) -> None:
        """Begin nothing any more; runs under way stop after what they are at."""
        self.chronicle.note(stopping=True)
        self._underway.stop()
        self._fleet.drop_waiting()

    def ended(self, seconds: float | None = None) -> bool:
        """Wait so long, or for ever, for runs under way; return whether all have ended."""
        return self._fleet.wait(seconds)

    def meters(self) -> dict[Target, Meters]:
        """Return what counts and paces each target's calls."""
        return self._metering.all()

    def _foreseen(self, settings: Settings) -> list[Target]:
        """Return the targets that settings name; raise SettingsError when they name none.

        Those of an organization the next sweep reads: nobody waits for AWS here.
        """
        if settings.organization is not None:
            return [each.target for each in self.chronicle.standings()]
        return [*map(_target, find_targets(settings, self._asked).targets)]

    def recall(self) -> None:
        """Read from the vault when each target's last good run was: a restart is no good run."""
        settings = self._settings
        if settings.organization is not None:
            return  # nobody waits for AWS here: their ages begin with the daemon
        for each in find_targets(settings, self._asked).targets:
            self._fleet.take(f"recall {_target(each)}", partial(self._recall, settings, each))

    def _recall(self, settings: Settings, chosen: TargetSettings) -> None:
        target, process = _target(chosen), replace(self._usual, directories=self._directories)
        try:
            good = last_good(wire_target(settings, chosen, process).bench)
        except SageWardenError as error:
            tell("history.unread", target=str(target), reason=error.message)
            return
        if good is not None:
            self.chronicle.recalled(target, (wall_now() - good).total_seconds())

    def _inspect_all(self, job: str) -> None:
        """Look into the vault of each target, beside whatever runs."""
        settings = self._settings
        for each in self._targets(settings):
            target = _target(each)
            inspection = Inspector(job, target, self.chronicle, self._underway)
            process = replace(self._usual, directories=self._directories)
            work = partial(inspection.inspect, settings, each, process)
            if not self._fleet.take(inspection.name, work):
                tell("job.busy", job=job, target=str(target))

    def _targets(self, settings: Settings) -> tuple[TargetSettings, ...]:
        """Read which targets there are; tell of those that could not be read, and go on."""
        try:
            found = find_targets(settings, self._asked, self._underway.stopping)
        except SageWardenError as error:
            found = Found((), (), (error,))
        reasons = [each.message for each in found.unread]
        told = "; ".join(reasons)
        lost, unread = ("", told) if found.targets else (told, "")
        self.chronicle.note(targets=lost, unread=unread)
        for each in found.unread:
            tell("targets.refused", reason=each.message, advice=each.advice)
        if found.targets or not reasons:
            self.chronicle.govern(map(_target, found.targets))
        return found.targets

    def _run(self, settings: Settings, chosen: TargetSettings) -> None:
        """Do one run of one target, to its end, whatever that is."""
        target, window = _target(chosen), _window(settings)
        now = wall_now()
        if window is not None and not window.holds(now):
            tell("run.left-out", target=str(target), reason="its hours are over")
            return
        stop = self._underway.admit(str(target), None if window is None else window.closes(now))
        if stop is None:
            return
        self.chronicle.began(target)
        try:
            self._do(settings, chosen, stop)
        finally:
            self._underway.release(str(target))

    def _do(self, settings: Settings, chosen: TargetSettings, stop: threading.Event) -> None:
        target = _target(chosen)
        process = replace(
            self._usual, stop=stop, meters=self._metering.of, directories=self._directories
        )
        ready: ReadyRun | None = None
        try:
            ready = ReadyRun.of(settings, chosen, process)
            ready = replace(
                ready, run=replace(ready.run, heard=partial(self._metering.saw, target))
            )
            report = ready.do()
        except SageWardenError as error:
            result = result_of(error.exit_code, stopped=stop.is_set())
            self.chronicle.ended(target, result, error.message)
            if ready is None:
                tell("run.refused", target=str(target), reason=error.message, advice=error.advice)
        except Exception as defect:  # noqa: BLE001 -- the daemon outlives it, and says so
            self.chronicle.ended(target, RunResult.DEFECT, tell_defect(target, defect))
        else:
            result = result_of(report.exit_code, stopped=stop.is_set())
            self.chronicle.ended(target, result, " ".join(report.advice), report)


def _target(chosen: TargetSettings) -> Target:
    return Target(chosen.account_id, chosen.region, chosen.name)


def _window(settings: Settings) -> Window | None:
    return settings.schedule.sweep.timing(settings.schedule.zone).window


def _drift() -> float:
    """Seconds by which the wall clock is ahead of the monotonic one."""
    return wall_now().timestamp() - time.monotonic()
