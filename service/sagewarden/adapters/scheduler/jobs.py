"""Starts jobs at their times, in threads of APScheduler's."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
)
from apscheduler.schedulers.background import BackgroundScheduler

from sagewarden.adapters.scheduler.triggers import trigger_of
from sagewarden.application.ports.events import Events
from sagewarden.application.ports.schedule import Job


class JobScheduler:
    """Implements the port `Scheduler`, its jobs in memory: the vault is the only other state.

    `wall_now` is the machine's clock, which APScheduler itself asks too; `missed` counts.
    """

    def __init__(
        self, wall_now: Callable[[], datetime], events: Events, missed: Callable[[str], None]
    ) -> None:
        self._wall_now = wall_now
        self._events = events
        self._count_missed = missed
        self._jobs: dict[str, Job] = {}
        self._scheduler: Any = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1}
        )
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # our own events tell more
        for told, codes in (
            (self._missed, EVENT_JOB_MISSED),
            (self._busy, EVENT_JOB_MAX_INSTANCES),
            (self._failed, EVENT_JOB_ERROR),
        ):
            self._scheduler.add_listener(told, codes)

    def plan(self, jobs: Sequence[Job]) -> None:
        """Let these be all the jobs there are; the times of those that stay as they were stay."""
        now = self._wall_now()
        triggers = {each.name: trigger_of(each.name, each.timing, now) for each in jobs}
        for name in self._jobs.keys() - triggers.keys():
            if self._scheduler.get_job(name) is not None:
                self._scheduler.remove_job(name)
        for job in jobs:
            before = self._jobs.get(job.name)
            if before is None or before.timing != job.timing:
                self._scheduler.add_job(
                    job.work,
                    triggers[job.name],
                    id=job.name,
                    replace_existing=True,
                    misfire_grace_time=max(1, int(job.timing.misfire_grace.total_seconds())),
                )
        self._jobs = {job.name: job for job in jobs}

    def start(self) -> None:
        """Begin to start jobs."""
        self._scheduler.start()

    def begin(self, name: str) -> bool:
        """Start a job now, if its window is open."""
        now, window = self._wall_now(), self._jobs[name].timing.window
        if window is not None and not window.holds(now):
            return False
        self._scheduler.modify_job(name, next_run_time=now)
        return True

    def look(self) -> None:
        """Look at the clock: a wait is not shortened when somebody sets it."""
        self._scheduler.wakeup()

    def next_times(self) -> dict[str, float]:
        """When each job begins next, in seconds since 1970."""
        return {
            each.id: each.next_run_time.timestamp()
            for each in self._scheduler.get_jobs()
            if each.next_run_time is not None
        }

    def alive(self) -> bool:
        """Whether the thread that starts jobs lives."""
        thread = getattr(self._scheduler, "_thread", None)
        return bool(self._scheduler.running and thread is not None and thread.is_alive())

    def stop(self) -> None:
        """Start no job any more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _missed(self, event: Any) -> None:
        self._count_missed(event.job_id)
        self._events("job.missed", job=event.job_id, was_due=event.scheduled_run_time.isoformat())

    def _busy(self, event: Any) -> None:
        self._events("job.busy", job=event.job_id)

    def _failed(self, event: Any) -> None:
        reason = f"{type(event.exception).__name__}: {event.exception}"
        self._events("job.failed", job=event.job_id, reason=reason)
