"""How long the commands take that somebody waits for: `start_up.py [N]`.

Each is started N times (15), a new process each, with the byte code of its modules cached as it is
after the first start. The median by the clock stands beside the bound; the processor time, which a
busy machine changes less, beside the same. Prints figures, bounds and ratios; nothing fails on a
time.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from telling import at_most, say  # type: ignore[import-not-found]  # it stands beside this script

POLICY = Path(__file__).parents[2] / "policies/gallery/stale-dev-experiments.yaml"
STARTS = (
    (("--help",), 0.3),
    (("policy", "validate", str(POLICY)), 0.5),
)
"""A command line, and how many seconds it may take."""


def started(words: tuple[str, ...]) -> tuple[float, float]:
    """Run a command once; return seconds by the clock, and processor seconds."""
    command = [sys.executable, "-m", "sagewarden", *words]
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # noqa: TID251 -- as a shell gives it
    before, began = _processor_seconds(), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=kept)
    return time.monotonic() - began, _processor_seconds() - before


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Start each command so many times, and tell the medians."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for words, bound in STARTS:
        what = " ".join(("sagewarden", *words[:2])) + (" FILE" if len(words) > 2 else "")
        started(words)
        waited, spent = zip(*(started(words) for _ in range(count)), strict=True)
        say(at_most(f"{what}, by the clock", median(waited), bound, "s"))
        say(at_most(f"{what}, processor time", median(spent), bound, "s"))


if __name__ == "__main__":
    main()
