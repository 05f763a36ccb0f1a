"""What counts and paces each target's calls, kept between runs; and what runs do, as they do it."""

import threading
from collections import Counter
from functools import partial

from sagewarden.adapters.vault.counted import VaultCounter
from sagewarden.application.chronicle import Chronicle
from sagewarden.application.judging import Judged
from sagewarden.application.moving import moved
from sagewarden.application.report_judged import spelled_counts
from sagewarden.bootstrap import Meters, Process
from sagewarden.core.entities import Target


class Metering:
    """Makes each target's meters once, and lets the chronicle hear. Safe to share."""

    def __init__(self, chronicle: Chronicle, usual: Process) -> None:
        self._chronicle = chronicle
        self._usual = usual
        self._lock = threading.Lock()
        self._meters: dict[Target, Meters] = {}

    def of(self, target: Target) -> Meters:
        """Return what counts and paces a target's calls, and hears what its runs settle."""
        with self._lock:
            if target not in self._meters:
                counter = VaultCounter(partial(self._heard, target))
                self._meters[target] = Meters.new(self._usual, counter)
            return self._meters[target]

    def all(self) -> dict[Target, Meters]:
        """Return those of every target that had a run."""
        with self._lock:
            return dict(self._meters)

    def saw(self, target: Target, judged: Judged) -> None:
        """Tell what there is and what policies say of it before the run has worked it off."""
        given = judged.judgements.given
        verdicts = Counter((str(each.entity.kind), str(each.verdict)) for each in given)
        self._chronicle.saw(target, spelled_counts(judged.inventory.counts), verdicts)

    def _heard(self, target: Target, key: str, body: bytes) -> None:
        """Count what a run has done as soon as its journal says so."""
        if counts := moved(key, body):
            self._chronicle.moved(target, counts)
