"""What is wrong with policy files: where, what was found, what is allowed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from sagewarden.errors import PolicyError

LISTED = 100
"""The message spells out so many problems; the exception carries all."""

_SHOWN = 60
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Mark(NamedTuple):
    """A position; both count from 1, and 0 stands for a file as a whole."""

    line: int
    column: int


WHOLE_FILE = Mark(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to correct. `path` leads to it from the top of the file: `policies[0].grace`.

    `line` and `column` count from 1; they are 0 when the file as a whole is meant.
    """

    file: str
    line: int
    column: int
    path: str
    found: str
    allowed: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        lines = [f"{where}  {self.path}".rstrip()]
        lines.append(f"  found    {self.found}")
        lines.append(f"  allowed  {self.allowed}")
        if self.suggestion:
            lines.append(f"  perhaps  {self.suggestion}")
        return "\n".join(inert(line) for line in lines)


class FilesRefused(PolicyError):  # noqa: N818 -- named after what happened
    """Files are refused, all of them; `problems` holds every reason."""

    what: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        blocks = [f"{count} {'problem' if count == 1 else 'problems'} in {self.what}"]
        blocks += [str(problem) for problem in self.problems[:LISTED]]
        if count > LISTED:
            blocks.append(f"and {count - LISTED} more")
        super().__init__("\n\n".join(blocks), advice=self.remedy)


class PoliciesRefused(FilesRefused):
    """The policy files are refused: no policy is in force."""

    what = "the policy files"
    remedy = (
        "Correct them and load again: until every file is right, no policy is in force"
        " and nothing is marked or deleted."
    )


class FixturesRefused(FilesRefused):
    """The fixtures of a directory are refused: nothing was tested."""

    what = "the fixtures"
    remedy = "Correct them and test again: until every fixture is right, nothing is tested."


@dataclass(slots=True)
class Log:
    """Problems of one file, in the order in which they were found."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, at: Mark, path: str, found: str, allowed: str, suggestion: str = "") -> None:
        """Note a problem."""
        self.problems.append(
            Problem(
                file=self.file,
                line=at.line,
                column=at.column,
                path=path,
                found=found,
                allowed=allowed,
                suggestion=suggestion,
            )
        )


def below(path: str, key: str) -> str:
    """Return the path of a key in what stands at `path`."""
    if _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{shown(key)}]"


def shown(text: str) -> str:
    """Quote what stands in a file: one line, no control characters, at most 60 characters."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return f"`{inert(short)}`"


def inert(text: str) -> str:
    """Escape what would move a cursor, turn the writing direction or break an encoder."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
