"""How long 100,000 components take to seed, and what they weigh: `python seed_speed.py [N]`.

Prints figure, bound and ratio; nothing fails on a time.
"""

import resource
import sys
import time
from datetime import UTC, datetime

from telling import at_most, say  # type: ignore[import-not-found]  # it stands beside this script

from sagewarden.sandbox.seed import seed_account
from sagewarden.sandbox.state import World

BOUND_SECONDS = 10.0
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measured(components: int) -> tuple[float, float]:
    """Return processor seconds, and kilobytes of memory for each component."""
    account = World(clock=NOW.timestamp).account("123456789012", "us-east-1")
    before, began = kilobytes(), time.process_time()
    seed_account(account, components=components, seed=1, now=NOW)
    return time.process_time() - began, (kilobytes() - before) / components


def main() -> None:
    components = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds, each = measured(components)
    bound = BOUND_SECONDS * components / 100_000
    say(at_most(f"seed {components} components", seconds, bound, "s"), f"{each:.1f} kB each")


if __name__ == "__main__":
    main()
