#!/usr/bin/env python3
"""Verify a chain of SageWarden's reports with Python alone, without SageWarden.

    python3 verify_chain.py FOLDER [--expect-head NUMBER:SHA256]

FOLDER is a copy of one target's part of the vault, such as `v1/123456789012/eu-west-1` of a
directory vault, or of a bucket after `aws s3 sync s3://BUCKET/PREFIX/v1/ACCOUNT/REGION FOLDER`.
Exit code 0: every link follows the one before it, and every object that they name is as it was
written, or is absent and has expired or was erased, as links say; 5: it is not, and each fault is
printed; 2: there is no chain in this folder.
"""

import argparse
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMAT = 1
FIELDS = {"format", "number", "previous", "account", "region", "run", "adopted", "at", "objects"}
NOTE = "chained.json"
STATEMENT = {"format", "account", "region", "run", "seconds", "absent"}
TOMBSTONE = {"format", "account", "region", "erasure", "at", "by", "reason", "objects"}


def spell(value: Any) -> bytes:
    """Return the canonical spelling (RFC 8785, as far as ASCII text and whole numbers go)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(path: Path) -> str:
    """Return a file's hash, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest(body: bytes) -> dict[str, Any] | None:
    """Return what a link says, None unless it is in the one spelling that SageWarden writes."""
    try:
        told = json.loads(body)
        sound = spell(told) == body and set(told) == FIELDS and told["format"] == FORMAT
        names = [told["run"], *told["adopted"], *told["objects"].values()]
        seconds(told["at"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return told if sound and all(isinstance(each, str) for each in names) else None


def seconds(spelled: str) -> float:
    """Return a time in seconds since 1970, UTC; raise ValueError unless it is spelled as ours."""
    return datetime.strptime(spelled, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC).timestamp()


def extra(body: bytes, fields: set[str]) -> dict[str, Any] | None:
    """Return a statement or tombstone, None unless it is in the one spelling of these fields."""
    try:
        told = json.loads(body)
        sound = spell(told) == body and set(told) == fields and told["format"] == FORMAT
        if fields == STATEMENT:
            sound = sound and all(isinstance(each, str) for each in told["absent"])
            sound = sound and (told["seconds"] is None or type(told["seconds"]) is int)
        else:
            sound = sound and all(each["key"] and each["sha256"] for each in told["objects"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return told if sound else None


def erasable(key: str) -> bool:
    """Whether a tombstone excuses its absence: an archive or a part of an index, nothing else."""
    family, *rest = key.split("/")[3:] or [""]
    return family == "archive" or (family == "reports" and "".join(rest[-1:]).startswith("index-"))


class Chain:
    """The chain of one target in a folder; archives may expire up to `now` (seconds since 1970)."""

    def __init__(self, folder: Path, now: float | None = None) -> None:
        self.now = time.time() if now is None else now
        self.since: dict[str, float] = {}
        self.stated: list[tuple[float, int | None, set[str]]] = []
        self.erased: set[str] = set()
        self.gone = 0
        self.folder = folder
        self.target = folder.resolve().parts[-2:]
        self.heads: dict[int, str] = {}
        self.named: dict[str, str] = {}
        self.runs: dict[str, set[str]] = {}

    def faults(self, expected: str | None) -> Iterator[str]:
        """Yield everything that is wrong."""
        yield from self.links()
        for key, known in self.named.items():
            yield from self.object(key, known)
        yield from self.unnamed()
        yield from self.notes()
        if expected is not None:
            number, _, known = expected.partition(":")
            if self.heads.get(int(number)) != known:
                yield f"the head that was expected is not in the chain: {expected}"

    def links(self) -> Iterator[str]:
        """Read link after link."""
        wanted = 1
        for path in sorted((self.folder / "chain").glob("*")):
            if not re.fullmatch("[0-9]{12}", path.name) or path.name < f"{wanted:012}":
                yield f"chain/{path.name}: it is no link"
                continue
            number = int(path.name)
            if number != wanted:
                yield f"links from {wanted} to {number - 1} are missing"
            for wrong in self.link(path, number):
                yield f"link {number}: {wrong}"
            wanted = number + 1

    def link(self, path: Path, number: int) -> Iterator[str]:
        """Read one link; note what it names."""
        body = path.read_bytes()
        before = self.heads.get(number - 1, "")
        self.heads[number] = hashlib.sha256(body).hexdigest()
        told = manifest(body)
        if told is None:
            yield "it is not one that SageWarden wrote"
            return
        yield from self.place(told, number, before)
        for run in (told["run"], *told["adopted"]):
            self.runs.setdefault(run, set()).add(f"{number}:{self.heads[number]}")
        for key, known in told["objects"].items():
            if key not in self.named:
                self.since[key] = seconds(told["at"])
                self.keep(key, known)
            if self.named.setdefault(key, known) != known:
                yield f"it names {key} with another hash than before"

    def keep(self, key: str, known: str) -> None:
        """Note what an object says of how long archives are kept, or of what was erased."""
        family = key.split("/")[3:4]
        path = self.folder.joinpath(*key.split("/")[3:])
        if family not in (["retention"], ["erasures"]) or ".." in key or not path.is_file():
            return
        body, run = path.read_bytes(), path.parent.name
        if hashlib.sha256(body).hexdigest() != known:
            return
        if told := extra(body, STATEMENT if family == ["retention"] else TOMBSTONE):
            own = (told["account"], told["region"]) == self.target
            if own and family == ["retention"] and told["run"] == run:
                self.stated.append((self.since[key], told["seconds"], set(told["absent"])))
            elif own and told.get("erasure") == run:
                for each in told["objects"]:
                    if self.named.get(each["key"]) == each["sha256"] and erasable(each["key"]):
                        self.erased.add(each["key"])

    def excused(self, key: str) -> bool:
        """Whether an object may be absent: it was erased, or is an archive that has expired."""
        if key in self.erased:
            return True
        now = self.now
        for since, kept, absent in reversed(
            self.stated if key.split("/")[3:4] == ["archive"] else []
        ):
            if key not in absent:
                return kept is not None and max(since, self.since[key] + kept) <= now
            now = min(now, since)
        return False

    def place(self, told: dict[str, Any], number: int, before: str) -> Iterator[str]:
        """Compare what a link says of itself with where it lies."""
        if told["number"] != number:
            yield f"it says that it is link {told['number']}"
        if (told["account"], told["region"]) != self.target:
            yield f"it is of another target: {told['account']}/{told['region']}"
        if told["previous"] != before:
            yield "it does not follow the link before it"

    def object(self, key: str, known: str) -> Iterator[str]:
        """Compare an object with the hash that a link names it with."""
        parts = key.split("/")
        rest = parts[3:]
        if parts[:3] != ["v1", *self.target] or not rest or ".." in rest:
            yield f"{key}: it is not of this target"
            return
        path = self.folder.joinpath(*rest)
        if not path.is_file() and self.excused(key):
            self.gone += 1
        elif not path.is_file():
            yield f"{key}: it is missing"
        elif sha256(path) != known:
            yield f"{key}: it is not as it was written"

    def unnamed(self) -> Iterator[str]:
        """Find what says that it is of a run that a link names, and that no link names."""
        start = "/".join(("v1", *self.target))
        for run in sorted(self.runs):
            for family in ("journal", "archive", "reports"):
                for path in sorted((self.folder / family / run).rglob("*")):
                    key = f"{start}/{path.relative_to(self.folder).as_posix()}"
                    note = family == "reports" and path.name == NOTE
                    if path.is_file() and not note and key not in self.named:
                        yield f"{key}: no link names it"

    def notes(self) -> Iterator[str]:
        """Compare the notes beside reports with the links."""
        for path in sorted((self.folder / "reports").glob(f"*/{NOTE}")):
            links = self.runs.get(path.parent.name, set())
            if path.read_bytes() not in [spell({"link": link}) for link in links]:
                yield f"reports/{path.parent.name}/{NOTE}: its link is not in the chain"
        for run, links in self.runs.items():
            last = max(int(link.partition(":")[0]) for link in links)
            if last < max(self.heads) and not (self.folder / "reports" / run / NOTE).is_file():
                yield f"reports/{run}/{NOTE}: it is missing, though a later run has its link"


def seen(text: str) -> str:
    """Spell what does not print: a key in a forged link must not act in a terminal."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def head_of(text: str) -> str:
    """Check the spelling of a head."""
    if not re.fullmatch("[1-9][0-9]{0,11}:[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError(f"not a number, a colon and 64 hex digits: {text}")
    return text


def near(asked: argparse.Namespace) -> str:
    """Say which folders below hold one, if any do."""
    found = sorted(asked.folder.glob("v1/*/*/chain"))
    return ": try " + ", ".join(str(each.parent) for each in found) if found else ""


def main() -> int:
    """Verify the folder that is named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "folder", type=Path, help="one target's part of a vault, such as v1/123456789012/eu-west-1"
    )
    parser.add_argument("--expect-head", type=head_of, metavar="NUMBER:SHA256")
    asked = parser.parse_args()
    chain = Chain(asked.folder)
    faults = list(chain.faults(asked.expect_head))
    if not chain.heads and not faults:
        parser.error(f"there is no chain in {asked.folder}, so nothing was verified{near(asked)}")
    for fault in faults:
        print(seen(fault))
    print(f"{len(chain.heads)} links, {len(chain.named)} objects, {len(faults)} faults")
    if chain.gone:
        print(f"{chain.gone} objects have expired or were erased, as links say")
    if chain.heads:
        print(f"head: {max(chain.heads)}:{chain.heads[max(chain.heads)]}")
    if signed := len(list((asked.folder / "signatures").glob("*"))):
        print(f"{signed} links are signed; the signatures are not checked here")
    if asked.expect_head is None:
        print("unanchored: without a head that was kept elsewhere a lost end may leave no trace")
    return 5 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
