"""Which bad file meets which refusal of the loader; run it, and it prints the table.

The refusals are found in the loader's own source: each place that notes a problem, and each place
where the core refuses a spelling. A file meets one when loading it gets there. What is too large to
lie here as a file is made on the way.
"""

import ast
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType

from sagewarden.adapters.policyfiles import PoliciesRefused, compose, load_policies, problems
from sagewarden.core import comparisons, durations, pattern_syntax, patterns

BAD = Path(__file__).parent / "bad"
LOADER = Path(compose.__file__).parent
CORE = (comparisons, durations, pattern_syntax, patterns)
OTHER_FILES = (
    *("accountfile", "accounts", "bucket", "fixtures", "models", "past", "plain", "spelling"),
)
"""Modules that read fixtures, settings or accounts, or a bucket: no file of policies meets them."""

OTHER_READERS = ("literal", "moment")
"""Functions of modules in common that read fixtures only."""

GOOD = "version: 1\npolicies:\n  - {name: a, resource: trial, match: all, action: report}\n"
MADE: Mapping[str, bytes] = {
    "made: over 1 MiB": b"#" * (2**20 + 1),
    "made: 50,001 lines": (GOOD + "\n" * 50_001).encode(),
    "made: a line of 10,001 characters": f"{GOOD}# {'x' * 10_000}\n".encode(),
    "made: more than 10,000 values": (GOOD + "protect: [" + "a,\n" * 10_001 + "]\n").encode(),
}

BEYOND: Mapping[str, str] = {
    "raise PatternRefused('an empty pattern', 0)": "an empty text is refused before",
    "raise PatternRefused(f'a pattern of more than {LONGEST}": "a longer text is refused before",
}
"""What no file can meet: the core refuses it for those who call it otherwise."""

Place = tuple[str, int]
"""A module and a line of it."""


def refusals() -> dict[Place, str]:
    """Every place that refuses something, with what it says."""
    found: dict[Place, str] = {}
    for path in sorted(LOADER.glob("*.py")):
        if path.stem not in OTHER_FILES:
            found |= dict(_places(path))
    for module in CORE:
        found |= dict(_places(Path(module.__file__ or "")))
    return found


def _places(path: Path) -> Iterator[tuple[Place, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    others = {
        inner
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef) and each.name in OTHER_READERS
        for inner in ast.walk(each)
    }
    for node in ast.walk(tree):
        if node not in others and isinstance(node, ast.Call | ast.Raise) and _refuses(node):
            said = _said(node)
            if not any(said.startswith(each) for each in BEYOND):
                yield (path.stem, node.lineno), said


def _refuses(node: ast.Call | ast.Raise) -> bool:
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else None
        name = ast.unparse(raised) if raised else ""
        return name.endswith(("Refused", ".refused")) and name != "PoliciesRefused"
    called = ast.unparse(node.func)
    return called.endswith((".refuse", "log.add"))


def _said(node: ast.Call | ast.Raise) -> str:
    return " ".join(ast.unparse(node).split())[:76]


def met_by(path: Path) -> set[Place]:
    """Every place that refuses something of a file or a directory."""
    met: set[Place] = set()
    add = problems.Log.add.__code__

    def watched(frame: FrameType, event: str, _given: object) -> None:
        if event == "call" and frame.f_code is add:
            met.update(_callers(frame))

    before = sys.getprofile()
    sys.setprofile(watched)
    try:
        load_policies(path)
    except PoliciesRefused:
        pass
    finally:
        sys.setprofile(before)
    return met


def _callers(frame: FrameType) -> Iterator[Place]:
    """The lines that led here, and the one where the exception was raised that is told of."""
    above = frame.f_back
    while above is not None:
        yield Path(above.f_code.co_filename).stem, above.f_lineno
        above = above.f_back
    error = sys.exc_info()[1]
    trace: TracebackType | None = None if error is None else error.__traceback__
    while trace is not None:
        yield Path(trace.tb_frame.f_code.co_filename).stem, trace.tb_lineno
        trace = trace.tb_next


def table() -> dict[str, list[str]]:
    """Each refusal with the bad files that meet it."""
    met: dict[Place, list[str]] = defaultdict(list)
    for path in sorted(each for each in BAD.iterdir() if each.suffix != ".txt"):
        for place in met_by(path):
            met[place].append(path.name)
    with tempfile.TemporaryDirectory() as made:
        for name, file in _made(Path(made)):
            for place in met_by(file):
                met[place].append(name)
    return {
        f"{place[0]}:{place[1]} {said}": met.get(place, []) for place, said in refusals().items()
    }


def _made(folder: Path) -> Iterator[tuple[str, Path]]:
    for number, (name, body) in enumerate(MADE.items()):
        path = folder / f"{number}.yaml"
        path.write_bytes(body)
        yield name, path
    empty = folder / "empty"
    empty.mkdir()
    yield "made: an empty directory", empty
    yield "made: nothing of that name", folder / "nothing"
    nested = folder / "nested"
    (nested / "a.yaml").mkdir(parents=True)
    yield "made: a directory in a file's place", nested
    yield "made: a name too long for any file", folder / ("x" * 300)
    yield "made: a file that breaks off when read", Path("/proc/self/mem")


def told(rows: Mapping[str, list[str]]) -> Iterator[str]:
    """The table in lines, and what no file meets."""
    for refusal, cases in rows.items():
        more = f" and {len(cases) - 3} more" if len(cases) > 3 else ""
        names = ", ".join(cases[:3]) + more
        yield f"{refusal:<110} {names or 'NO BAD FILE'}"
    count = len({name for cases in rows.values() for name in cases})
    gaps = sum(not cases for cases in rows.values())
    yield f"{len(rows)} refusals, {count} bad files, {gaps} refusals without a bad file"


if __name__ == "__main__":
    sys.stdout.write("\n".join(told(table())) + "\n")
