"""Coverage follows what is imported and those tests that are to take every branch, nothing else.

To follow a test costs as much again as the test itself.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from coverage import Coverage

CORE = ("archive", "baseline", "deletion", "deletions", "evidence", "journal", "limits", "writes")

RUNS = ("approvals", "baseline", "evidence", "leases", "resume", "tagging")

FOLLOWED = (
    *(f"tests/core/test_{each}.py" for each in CORE),
    *(f"tests/runs/test_{each}.py" for each in RUNS),
    *("tests/aws/test_effects.py", "tests/aws/test_tagging.py", "tests/application"),
)
"""Where the tests are that take every branch of what effects rest on."""

SOURCE = "service"


def is_followed(test: Path) -> bool:
    """Whether a test, by its path from the root, is to take branches."""
    return any(test.is_relative_to(each) for each in FOLLOWED)


def import_what_is_measured() -> None:
    """What an import runs of a module belongs to it."""
    coverage = Coverage.current()
    included: Any = coverage.get_option("run:include") if coverage is not None else None
    for name in included or ():
        import_module(".".join(Path(name).relative_to(SOURCE).with_suffix("").parts))


@contextmanager
def unfollowed() -> Iterator[None]:
    """Let nothing follow this thread, and those that it starts, until the block ends."""
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(here)
        threading.settrace(in_threads)
