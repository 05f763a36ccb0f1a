"""On a terminal: colours and bars. On a pipe: plain text, and JSON lines on standard error."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.user import Ran, User, ended


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Our end of a terminal, and the command's."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def on_terminal(user: User, terminal: tuple[int, int], *words: str) -> Ran:
    """Run a command whose standard error is a terminal and whose standard output is a pipe."""
    ours, theirs = terminal
    environment = {**os.environ, "TERM": "xterm-256color"}  # noqa: TID251 -- and all that is set
    run = user.start(*words, stderr=theirs, env=environment)
    os.close(theirs)
    seen = b"".join(iter(lambda: read(ours), b""))
    return Ran(ended(run).code, "", seen.decode())


def read(terminal: int) -> bytes:
    """Read what the command wrote; nothing once it has closed its end."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def test_a_terminal_gets_bars_in_colour(user: User, terminal: tuple[int, int]) -> None:
    ran = on_terminal(user, terminal, "plan")
    assert ran.code == 0
    assert "trial-components" in ran.err
    assert "\u2501" in ran.err
    assert "\x1b[" in ran.err


def test_an_error_on_a_terminal_is_told_in_red(user: User, terminal: tuple[int, int]) -> None:
    ran = on_terminal(user, terminal, "plan", "--at", "never")
    assert ran.code == 2
    assert "\x1b[1;31merror: \x1b[0m" in ran.err


def test_a_pipe_gets_plain_text_and_json_lines(user: User) -> None:
    ran = user.shell("plan")
    assert ran.code == 0
    assert "\x1b" not in ran.out + ran.err
    assert "progress" not in ran.out
    lines = [json.loads(line) for line in ran.err.splitlines()]
    assert {"progress": "trial-components", "count": 3, "of": None} in lines


def test_a_reader_that_had_enough_is_no_error(user: User) -> None:
    """As in `sagewarden config show | head -1`."""
    ours, theirs = os.pipe()
    os.close(ours)
    run = user.start("config", "show", stdout=theirs)
    os.close(theirs)
    ran = ended(run)
    assert (ran.code, ran.err) == (0, "")


HEAVY = (
    *("boto3", "botocore", "pydantic", "structlog", "jinja2", "moto", "sagewarden.bootstrap"),
    *("apscheduler", "starlette", "uvicorn", "prometheus_client", "asyncio"),
)


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["policy", "--help"], ["serve", "--help"]], ids=" ".join
)
def test_help_imports_nothing_slow(words: list[str]) -> None:
    """What is not imported costs no time on any machine."""
    assert imported(words, HEAVY) == "imported 0 []"


def test_lists_of_commands_need_neither_markdown_nor_a_word_to_say() -> None:
    """Markdown alone would take a third of the time that `--help` may take."""
    unneeded = ("rich.markdown", "pygments", "rich.progress", "sagewarden.cli.console")
    assert imported(["--help"], unneeded) == "imported 0 []"


def test_policies_on_disk_are_checked_without_aws_or_what_deletes() -> None:
    """No client of AWS, nothing that effects ask for, and no settings where nobody set any."""
    unneeded = (
        "pydantic",
        "boto3",
        "botocore",
        "urllib3",
        "sagewarden.bootstrap",
        "sagewarden.core.deletion",
    )
    gallery = str(Path(__file__).parents[2] / "policies/gallery/ephemeral-ci.yaml")
    assert imported(["policy", "validate", gallery], unneeded) == "imported 0 []"


def imported(words: list[str], unneeded: tuple[str, ...]) -> str:
    """Run a command, and tell its exit code and what of the unneeded was imported."""
    asked = f"import sys; from sagewarden.__main__ import run; code = run({words}); "
    asked += f"print('imported', code, sorted(set(sys.modules) & set({unneeded})))"
    return subprocess.check_output([sys.executable, "-c", asked], text=True).splitlines()[-1]
