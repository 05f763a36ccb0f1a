"""SageWarden beside three other ways to delete experiments, in one run: `beside.py [--scale N]`.

Everybody works on an account of their own of one sandbox; all accounts are laid alike. It allows
20 calls a second of each mutating operation and 200 of each other, answers 20 ms late, its lists
and its Search are 5 s behind, and of deletes right after a Disassociate one in twenty answers
"linked" for a second, as AWS's do. What the other three do, `beside_recipes.py` tells; their sleeps
are kept, and once more left out. Then each is killed right after it cut the 20th edge, and started
a second time.

Everybody is given the same experiments, those whose name and age make them due. Two of these should
stay all the same: one is under a legal hold, in the other something is running. Of SageWarden only
the sweep that enforces is measured: what it marks first was marked in a sweep before, with the
grace period lowered to a second, so that nobody has to wait a week for a table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beside_account import (  # type: ignore[import-not-found]  # it stands beside this script
    REGION,
    designed,
    judged,
    lay,
)
from soak import sandbox  # type: ignore[import-not-found]  # so does it
from telling import at_most, say  # type: ignore[import-not-found]  # and it

from sagewarden.cli.sandboxing import knobs_of
from sagewarden.sandbox import AdminClient

RATE = 20.0
LATENCY_MS = 20.0
LAG = 5.0
LINKED = 1.0
LINKED_SHARE = 0.05
KILL_AT = 20
"""A process is killed right after so many edges were cut."""

POLICY = """\
version: 1
policies:
  - name: old-trees
    resource: experiment
    match: {name: "old-*", idle: 30d}
    action: delete
    grace: 1s
protect:
  - tags: {legal-hold: present}
"""
PATIENCE = {"min_grace": "1s", "ownerless_grace": "1s", "matches": 1, "match_interval": "1s"}
ALL = {"share": "100%", "components": None, "growth": None}
HERE = Path(__file__).parent
WHAT = {
    "warden": "SageWarden",
    "sdk": 'SDK, _delete_all("--force")',
    "documented": "boto3 sample of the guide",
    "notebook": "notebook, older package",
}


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who deletes, and the account in which."""

    who: str
    account: str
    hurried: bool = False
    killed: bool = False

    def told(self) -> str:
        """How the table calls it."""
        sleeps = ", no sleeps" if self.hurried else ", sleeps kept"
        return WHAT[self.who] + ("" if self.who == "warden" or self.killed else sleeps)


@dataclass(frozen=True, slots=True)
class Came:
    """How it went."""

    entrant: Entrant
    calls: int = 0
    seconds: float = 0.0
    throttled: int = 0


def entrants() -> Iterator[Entrant]:
    """Yield everybody: the three that sleep, then all without a sleep, then those to be killed."""
    numbers = (f"{number:012}" for number in range(111_111_111_111, 999_999_999_999, 1_111))
    others = [who for who in WHAT if who != "warden"]
    yield from (Entrant(who, next(numbers)) for who in others)
    yield from (Entrant(who, next(numbers), hurried=True) for who in WHAT)
    yield from (Entrant(who, next(numbers), hurried=True, killed=True) for who in WHAT)


@dataclass(frozen=True, slots=True)
class Course:
    """What all work on."""

    admin: AdminClient
    url: str
    folder: Path
    asked: tuple[str, ...]

    def start(self, entrant: Entrant) -> "subprocess.Popen[bytes]":
        """Start somebody on their account."""
        keys = {
            "AWS_ACCESS_KEY_ID": entrant.account,
            "AWS_SECRET_ACCESS_KEY": "beside",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
            "NO_PROXY": "127.0.0.1",
            "HOME": str(self.folder),
        }
        environment = {**os.environ, **keys}  # noqa: TID251 -- as a shell gives it
        with self._log(entrant).open("ab") as log:
            return subprocess.Popen(
                self._command(entrant), env=environment, stdout=log, stderr=log, cwd=self.folder
            )

    def _command(self, entrant: Entrant) -> list[str]:
        if entrant.who == "warden":
            config = str(self._config(entrant))
            return [sys.executable, "-m", "sagewarden", "sweep", "--json", "--config", config]
        script = str(HERE / "beside_recipes.py")
        hurried = ["--hurried"] if entrant.hurried else []
        return [sys.executable, script, entrant.who, *hurried, *self.asked]

    def _log(self, entrant: Entrant) -> Path:
        return self.folder / f"{entrant.account}.log"

    def _config(self, entrant: Entrant) -> Path:
        """Write settings, unless they are there."""
        config = self.folder / f"{entrant.account}.yaml"
        given = {
            "targets": [{"account_id": entrant.account, "region": REGION}],
            "policies": str(self.folder / "policy.yaml"),
            "vault": {"address": str(self.folder / f"vault-{entrant.account}")},
            "aws": {"endpoint_url": self.url},
            "limits": {"automatic": ALL, "hard": ALL, "smallest_population": 0, **PATIENCE},
            "notice": {"log_counts": True},
            "run": {"search_lag": f"{LAG:.0f}s", "lease": "4s"},
        }
        config.write_text(json.dumps(given))
        return config

    def ended(self, entrant: Entrant) -> Came:
        """Let somebody work to the end, and read what it took from the sandbox's log."""
        if entrant.killed:
            self._kill(entrant)
        self.start(entrant).wait()
        calls = [each for each in self.admin.calls() if each["account"] == entrant.account]
        codes = Counter(each["code"] for each in calls)
        took = calls[-1]["at"] - calls[0]["at"] if calls else 0.0
        return Came(entrant, len(calls), took, codes["ThrottlingException"])

    def _kill(self, entrant: Entrant) -> None:
        run = self.start(entrant)
        rule = self.admin.add_fault(
            operation="DisassociateTrialComponent",
            account=entrant.account,
            nth_match=KILL_AT,
            action="kill_after",
            pid=run.pid,
        )
        run.wait()
        fired = self.admin.rules()["faults"][str(rule)]["fired"]
        self.admin.remove_rule(rule)
        if not fired:
            raise AssertionError(f"{entrant.told()} cut fewer than {KILL_AT} edges")


def run_all(course: Course) -> list[Came]:
    """Let the three that sleep work side by side, and the others one after the other meanwhile."""
    everybody = list(entrants())
    found: list[Came] = []
    sleepy = [each for each in everybody if not each.hurried]
    threads = [
        threading.Thread(target=lambda each=each: found.append(course.ended(each)))
        for each in sleepy
    ]
    for thread in threads:
        thread.start()
    found += [course.ended(each) for each in everybody if each.hurried]
    for thread in threads:
        thread.join()
    return sorted(found, key=lambda came: everybody.index(came.entrant))


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write rows under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join((f"{first:<{widths[0]}}", *cells))


def whole(came: Sequence[Came], left: dict[str, Any]) -> Iterator[str]:
    """Tell the runs that nobody killed."""
    head = ("", "calls", "seconds", "throttled", *ENDS)
    rows = [
        (
            each.entrant.told(),
            str(each.calls),
            f"{each.seconds:.1f}",
            str(each.throttled),
            *_ends(left[each.entrant.account]),
        )
        for each in came
    ]
    yield from table([head, *sorted(rows, key=lambda row: not row[0].startswith("SageWarden"))])


def killed(came: Sequence[Came], left: dict[str, Any], calm: dict[str, Any]) -> Iterator[str]:
    """Tell the runs that were killed and started again, beside how they end by themselves."""
    head = ("killed, and started again", *ENDS, "safe")
    rows = [
        (
            each.entrant.told(),
            *_ends(left[each.entrant.account]),
            "yes" if left[each.entrant.account].names == calm[each.entrant.who].names else "no",
        )
        for each in came
    ]
    yield from table([head, *rows])


ENDS = ("wrongly deleted", "edges cut", "left", "stranded")


def _ends(left: Any) -> tuple[str, ...]:
    return tuple(map(str, (left.deleted, left.cut, left.left, left.stranded)))


LEGEND = """\
Asked: {asked} experiments, of which 2 should stay (a legal hold; a component that runs).
Due below the others: {due} components with {edges} edges; the rest of the account stays.
calls, seconds, throttled: by the sandbox's log, from the first call to the last.
wrongly deleted: experiments, trials and components that should have lived.
edges cut: components that live, as they should, were taken from trials that stay.
left: what should have gone and is there.
stranded: of that, components without any trial, which no listing of a tree shows.
safe: killed and started again it ends as it does when nobody kills it.
SageWarden: only the enforcing sweep, with its archive and journal; it was marked before.
"""


def legend(account: Any) -> str:
    """Say what the tables count."""
    edges = sum(name in account.due for name, _ in account.edges)
    return LEGEND.format(asked=len(account.asked), due=len(account.due), edges=edges)


def main() -> None:
    """Lay the accounts, mark, let everybody work, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--scale", type=int, default=1, help="so much of the plain part")
    account = designed(parser.parse_args().scale)
    with tempfile.TemporaryDirectory() as place, sandbox() as url:
        admin = AdminClient(url)
        course = Course(admin, url, Path(place), account.asked)
        (course.folder / "policy.yaml").write_text(POLICY)
        for each in entrants():
            lay(admin, account, each.account)
        for each in entrants():
            if each.who == "warden":
                course.start(each).wait()
        threading.Event().wait(1.5)
        knobs = knobs_of(rate=RATE, latency_ms=LATENCY_MS, search_lag=LAG, linked=LINKED)
        admin.set_knobs(**{**knobs, "linked_probability": LINKED_SHARE})
        threading.Event().wait(LAG)
        admin.clear_calls()
        came = run_all(course)
        admin.set_knobs(search_lag_seconds=0.0, rates={}, latency_ms={})
        left = {each.account: judged(admin, account, each.account) for each in entrants()}
    calm = [each for each in came if not each.entrant.killed]
    ends = {each.entrant.who: left[each.entrant.account] for each in calm if each.entrant.hurried}
    say(legend(account))
    say(*whole(calm, left), "")
    say(*killed([each for each in came if each.entrant.killed], left, ends), "")
    ours = next(each for each in calm if each.entrant.who == "warden")
    end = left[ours.entrant.account]
    say(at_most("SageWarden, wrongly deleted or cut", end.deleted + end.cut, 0, "things"))
    say(at_most("SageWarden, left of what is due", end.left, 0, "things"))
    say(at_most("SageWarden, beside the SDK with its sleeps", ours.seconds, _sdk(calm), "s"))


def _sdk(calm: Sequence[Came]) -> float:
    return next(
        each.seconds for each in calm if each.entrant.who == "sdk" and not each.entrant.hurried
    )


if __name__ == "__main__":
    main()
