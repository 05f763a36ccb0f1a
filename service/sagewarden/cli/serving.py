"""`serve`: the daemon, until somebody stops it."""

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sagewarden.cli.console import ECHO
from sagewarden.cli.options import Where

WHERE = Where()

WISHES = {signal.SIGTERM: "stop", signal.SIGINT: "stop", signal.SIGHUP: "reload"}


def serve(*, where: Where = WHERE) -> int:
    """Run the daemon: a sweep of every target at its times, health and metrics over HTTP.

    SIGTERM or SIGINT ends it once what is under way is ended or undone, within
    schedule.stop_within; once more ends it at once, and the next run settles what is open. SIGHUP
    reads the settings anew, and tells whether the policies hold, which each run reads. Logs are
    JSON lines on standard error, or legible on a terminal.
    """
    from sagewarden.adapters.telemetry.logs import configure_logs  # noqa: PLC0415 -- slow
    from sagewarden.bootstrap.serving import Serving  # noqa: PLC0415 -- slow to import
    from sagewarden.bootstrap.targets import Asked  # noqa: PLC0415

    configure_logs(as_json=where.json or not sys.stderr.isatty())
    with Received.listening() as received:
        asked = Asked(where.target, where.target_tag)
        whole = Serving(lambda: where.effective().settings, asked).serve(received)
        if not whole:  # whatever goes on goes on in threads that nobody waits for any more
            sys.stderr.flush()
            os._exit(128 + received.last)
    return 0


@dataclass
class Received:
    """Signals, heard through a pipe: their handlers do nothing, so nothing is ever cut in two."""

    reading: int
    last: int = signal.SIGTERM
    _stopped: float = field(default=-ECHO, init=False)

    @classmethod
    @contextmanager
    def listening(cls) -> Iterator["Received"]:
        """Hear signals in the body; as before after it."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        before = {each: signal.signal(each, lambda *_: None) for each in WISHES}
        previous = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        try:
            yield cls(reading)
        finally:
            signal.set_wakeup_fd(previous)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)

    def wait(self, seconds: float) -> Iterator[str]:
        """Wait so long; yield what each signal wishes, one that `timeout` doubles only once."""
        ready, _, _ = select.select([self.reading], [], [], seconds)
        for number in os.read(self.reading, 64) if ready else b"":
            wish = WISHES.get(signal.Signals(number), "")
            if wish == "stop":
                if time.monotonic() - self._stopped < ECHO:
                    continue
                self._stopped, self.last = time.monotonic(), number
            if wish:
                yield wish
