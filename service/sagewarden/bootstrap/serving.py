"""From settings to a daemon that serves: its scheduler, its health, its signals."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

from sagewarden import __version__
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.scheduler import JobScheduler
from sagewarden.adapters.telemetry.logs import tell
from sagewarden.adapters.telemetry.metrics import Known, Metered, render
from sagewarden.adapters.web.health import Answers, health_app, is_loopback
from sagewarden.adapters.web.server import WebServer
from sagewarden.bootstrap import Meters
from sagewarden.bootstrap.daemon import Daemon, Loading
from sagewarden.bootstrap.heaps import share_heaps
from sagewarden.bootstrap.targets import Asked
from sagewarden.core.standing import Health, health
from sagewarden.core.visible import visible

TICK = 1.0
"""Seconds between two looks at the clocks."""

STUCK = 60.0
"""Seconds without one after which the daemon is taken for dead."""


class Signals(Protocol):
    """Signals as they come in; what to do about each is not theirs to say."""

    def wait(self, seconds: float) -> Iterator[str]:
        """Wait so long for signals; yield `stop` or `reload` for each."""


class Serving:
    """A daemon, its scheduler and its web server."""

    def __init__(self, load: Loading, asked: Asked) -> None:
        self._daemon = Daemon(load, asked)
        self._scheduler = JobScheduler(wall_now, tell, self._daemon.chronicle.missed)
        self._scheduler.plan(self._daemon.jobs(self._daemon.settings))
        web = self._daemon.settings.web
        self._web = WebServer(web.host, web.port)
        answers = Answers(self._live, self._ready, render(self._known))
        self._app = health_app(answers, loopback_only=is_loopback(web.host))

    def serve(self, signals: Signals) -> bool:
        """Serve until told to stop; return whether all had ended in time then."""
        settings = self._daemon.settings
        share_heaps()
        self._web.start(self._app)
        self._daemon.recall()
        self._scheduler.start()
        tell(
            "daemon.began",
            version=__version__,
            pid=os.getpid(),
            targets=len(self._daemon.chronicle.standings()),
            health=self._web.address,
            next=self._spelled_times(),
        )
        if settings.schedule.at_start and not self._scheduler.begin("sweep"):
            tell("run.left-out", reason="its hours have not begun")
        self._until_stopped(signals)
        return self._stopped(signals)

    def _until_stopped(self, signals: Signals) -> None:
        while True:
            for wish in signals.wait(TICK):
                if wish == "stop":
                    return
                self._daemon.reload(self._scheduler)
            self._daemon.tick(self._scheduler)

    def _stopped(self, signals: Signals) -> bool:
        """Let runs under way stop after what they are at, as long as settings allow."""
        within = self._daemon.settings.schedule.stop_within.total_seconds()
        deadline = time.monotonic() + within
        tell("daemon.stopping", within=within)
        self._scheduler.stop()
        self._daemon.stop()
        whole = self._daemon.ended(0)
        while not whole and time.monotonic() < deadline:
            for wish in signals.wait(0.1):
                if wish == "stop":
                    tell("daemon.cut", reason="told to stop once more")
                    return False
            whole = self._daemon.ended(0)
        self._web.stop()
        if whole:
            tell("daemon.ended")
        else:
            tell("daemon.cut", reason=f"schedule.stop_within ({within:g}s) ran out")
        return whole

    def _health(self) -> Health:
        chronicle = self._daemon.chronicle
        chronicle.note(scheduling=self._scheduler.alive())
        return health(chronicle.standings(), chronicle.circumstances())

    def _live(self) -> tuple[bool, dict[str, Any]]:
        stopping = self._daemon.chronicle.circumstances().stopping
        silent = time.monotonic() - self._daemon.beat
        live = stopping or (silent < STUCK and self._scheduler.alive())
        return live, {"live": live}

    def _ready(self) -> tuple[bool, dict[str, Any]]:
        found, now = self._health(), time.monotonic()
        targets = {
            str(each.target): {
                "name": visible(each.target.name),
                "running": each.began is not None,
                "last": each.last,
                "reason": _short(each.reason),
                "good_seconds_ago": None if each.good is None else round(now - each.good),
            }
            for each in self._daemon.chronicle.standings()
        }
        return found.ready, {
            "ready": found.ready,
            "reasons": [_short(each) for each in found.reasons],
            "troubles": [_short(each) for each in found.troubles],
            "next": self._spelled_times(),
            "targets": targets,
        }

    def _known(self) -> Known:
        chronicle = self._daemon.chronicle
        return Known(
            now=time.monotonic(),
            standings=chronicle.standings(),
            metered={
                (target.account, target.region): _metered(each)
                for target, each in self._daemon.meters().items()
            },
            circumstances=chronicle.circumstances(),
            ready=self._health().ready,
            missed=chronicle.jobs_missed(),
            next_times=self._scheduler.next_times(),
        )

    def _spelled_times(self) -> dict[str, str]:
        return {
            name: f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
            for name, moment in self._scheduler.next_times().items()
        }


def _metered(each: Meters) -> Metered:
    return Metered(
        each.counter.by_result(),
        each.reading.rates() | each.writing.rates(),
        each.vault.errors(),
    )


LONGEST = 500
"""Characters of a reason; the log has all of it."""


def _short(text: str) -> str:
    shown = visible(" ".join(text.split()))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
