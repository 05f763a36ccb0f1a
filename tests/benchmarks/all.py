"""All benchmarks, and one table of their figures: `all.py [--write] [NAME…]`.

Without names each script of this folder that tells figures is run, one after the other; that takes
an hour or more, so name those you want. What they print is passed on. With `--write` it is also
kept, a file each in `figures/`, and `FIGURES.md` is the table of all that is kept: the README has
its figures from there. Nothing fails on a time; a benchmark that ends with an error does.
"""

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from telling import read, say  # type: ignore[import-not-found]  # it stands beside this script

HERE = Path(__file__).parent
FIGURES = HERE / "FIGURES.md"
KEPT = HERE / "figures"
HARDER = {
    "enforcing": [
        *(["--rate", rate] for rate in ("5", "20", "100")),
        ["--rate", "20", "--change"],
        ["--rate", "20", "--faults", "0.1"],
    ],
}
"""Benchmarks that are run several times, and with what each time."""

HEAD = """\
# Figures

Made by `.venv/bin/python tests/benchmarks/all.py --write`: each benchmark's figures, on the day and
the machine in the last column; its name leads to all that it printed. A figure is good on that side
of its bound which `at most` or `at least` says; the ratio is the figure by the bound. The load is
that of the last quarter of an hour; above the number of cores it makes times by the clock longer.

| benchmark | what | figure | bound | ratio | taken |
|---|---|---|---|---|---|
"""


def scripts() -> list[str]:
    """Return the names of all benchmarks: what tells figures and can be run."""
    return sorted(
        path.stem
        for path in HERE.glob("*.py")
        if path != Path(__file__)
        and "from telling import" in (text := path.read_text("utf-8"))
        and 'if __name__ == "__main__":' in text
    )


def ran(name: str) -> tuple[int, list[str]]:
    """Run one, pass its lines on, and return its exit code, 0 if all went well, and them."""
    code, lines = 0, list[str]()
    for options in HARDER.get(name, [[]]):
        say(" ".join(("==", name, *options)))
        command = [sys.executable, str(HERE / f"{name}.py"), *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            for line in run.stdout or ():
                say(line.rstrip("\n"))
                lines.append(line)
        code = code or run.returncode
    return code, lines


def rows(name: str, lines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each figure."""
    for told in read(lines):
        yield name, told.what, told.figure, f"{told.side} {told.bound}", f"{told.ratio:.2f}"


def keep(name: str, lines: Sequence[str]) -> None:
    """Keep what a benchmark printed, and make the page anew."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"  # noqa: TID251 -- a script's own day
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[2]:.0f}"
    taken = f"{day}, {machine}, Python {platform.python_version()}"
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{name}.txt").write_text("".join((f"{taken}\n", *lines)), "utf-8")
    FIGURES.write_text(HEAD + "".join(_page()), "utf-8")


def _page() -> Iterator[str]:
    for path in sorted(KEPT.glob("*.txt")):
        taken, *lines = path.read_text("utf-8").splitlines()
        for name, *row in rows(path.stem, lines):
            cells = (f"[{name}](figures/{name}.txt)", *row, taken)
            yield f"| {' | '.join(cells)} |\n"


def main() -> None:
    """Run them, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(scripts()))
    parser.add_argument("--write", action="store_true", help="keep what they print, for FIGURES.md")
    options = parser.parse_args()
    wanted = [each.removesuffix(".py") for each in options.names] or scripts()
    if unknown := sorted({*wanted} - {*scripts()}):
        parser.error(f"there is no {', '.join(unknown)}")
    fresh: list[tuple[str, ...]] = []
    failed: list[str] = []
    for name in wanted:
        code, lines = ran(name)
        fresh += rows(name, lines)
        failed += [name] if code else []
        if options.write and not code:
            keep(name, lines)
    say("", *_table(fresh))
    sys.exit(f"ended with an error: {', '.join(failed)}" if failed else 0)


def _table(found: Sequence[tuple[str, ...]]) -> Iterator[str]:
    for name, what, figure, bound, ratio in found:
        yield f"{name:20} {what:60} {figure:>16}  {bound:>24}  {ratio:>6}"


if __name__ == "__main__":
    main()
