"""Fixtures of policies: a small account in YAML, a time, and what is expected there."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sagewarden.adapters.policyfiles.accounts import NAME_ALLOWED, Account, read_account
from sagewarden.adapters.policyfiles.compose import compose
from sagewarden.adapters.policyfiles.cursor import (
    LONGEST_KEY,
    Cursor,
    choice,
    duration,
    entries,
    fields,
    moment,
    near,
    need,
    one_or_more,
    pairs,
    text,
    version,
)
from sagewarden.adapters.policyfiles.nodes import ListNode, MapNode, Node, ScalarNode
from sagewarden.adapters.policyfiles.past import read_limits
from sagewarden.adapters.policyfiles.problems import (
    FixturesRefused,
    Log,
    Problem,
    shown,
)
from sagewarden.adapters.policyfiles.source import decode, policy_files, read_bytes
from sagewarden.core.entities import Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Verdict
from sagewarden.core.policy import Place
from sagewarden.core.rehearsal import UNMATCHED, Expectation, Fixture, Tags, Word
from sagewarden.core.remembered import Past, Patience

FOLDER = "tests"
"""Where a directory of policies keeps its fixtures."""

LONGEST_SWEPT = timedelta(days=400)
"""So many days of sweeps are rehearsed at most."""

FIELDS = ("version", "policies", "now", "swept", "limits", "account", "expect")
EXPECTED = ("verdict", "policy", "because", "repairs", "reports")
VERDICTS = (*(str(verdict) for verdict in Verdict), UNMATCHED)
NONE = "none"
KINDS = tuple(str(kind) for kind in Kind)
_NOW = 'a time with its zone, in quotes, as in "2026-03-01T12:00:00Z"'
_FIXTURE = (
    "`now`, `account` and `expect`; fixtures lie in `tests` below the policies, and `sagewarden "
    "policy record` writes one"
)
_PATH = 1024


def load_fixtures(place: Path) -> tuple[Fixture, ...]:
    """Read the fixtures in `tests` below a directory, or in the directory itself, or one file.

    Raise FixturesRefused with every problem of every file, and also when there is no fixture.
    """
    top = Log(str(place))
    folder = place / FOLDER if (place / FOLDER).is_dir() else place
    problems: list[Problem] = []
    fixtures: list[Fixture] = []
    for path in policy_files(folder, top):
        log = Log(str(path))
        if (fixture := _load(path, log)) is not None:
            fixtures.append(fixture)
        problems.extend(sorted(log.problems, key=lambda each: (each.line, each.column)))
    if problems := top.problems + problems:
        raise FixturesRefused(problems)
    return tuple(fixtures)


def _load(path: Path, log: Log) -> Fixture | None:
    body = read_bytes(path, log)
    source = None if body is None else decode(body, log)
    root = None if source is None else compose(source, log, escaped=True)
    if root is None:
        return None
    top = Cursor(root, "", log)
    if _is_policies(root):
        top.refuse("a policy file, not a fixture", _FIXTURE)
        return None
    fixture = _read(top, path)
    return None if log.problems else fixture


def _is_policies(root: Node) -> bool:
    """Tell a policy file that was taken for a fixture, as when there is no `tests` beside it."""
    found = {key.text: node for key, node in root.fields} if isinstance(root, MapNode) else {}
    return "protect" in found or isinstance(found.get("policies"), ListNode)


def _read(top: Cursor, path: Path) -> Fixture | None:
    found = fields(top, FIELDS)
    if each := need(top, found, "version", "version: 1"):
        version(each)
    now = _moment(need(top, found, "now", _NOW))
    account = need(top, found, "account", "a mapping with experiments, trials, components")
    expected = need(top, found, "expect", "a list of expectations")
    swept = _swept(found["swept"]) if "swept" in found else None
    policies = _policies(found.get("policies"), path)
    if account is None or expected is None or now is None or policies is None:
        return None
    there = read_account(account, now)
    if "swept" in found and there.past != Past():
        found["swept"].refuse("it beside marks of an earlier time", "one of them")
    return Fixture(
        file=str(path),
        policies=str(policies),
        now=now,
        swept=swept,
        inventory=there.inventory,
        holds=there.holds,
        past=there.past,
        limits=read_limits(found["limits"]) if "limits" in found else Patience(),
        models=there.models,
        expectations=_expectations(expected, there),
    )


def _moment(cursor: Cursor | None) -> datetime | None:
    return None if cursor is None else moment(cursor, _NOW)


def _swept(cursor: Cursor) -> timedelta | None:
    span = duration(cursor)
    if span is not None and span > LONGEST_SWEPT:
        cursor.refuse("a span of more than 400 days", "at most 400d")
        return None
    return span


def _policies(cursor: Cursor | None, path: Path) -> Path | None:
    """Return the policies that a fixture is for: those of the directory above, unless it says."""
    if cursor is None:
        above = path.parent
        return above.parent if above.name == FOLDER else above
    allowed = "a path to policy files, from this file's directory on"
    given = text(cursor, allowed, _PATH)
    if given is None:
        return None
    found = path.parent / given
    if not found.exists():
        cursor.refuse(f"{shown(given)}, where there is nothing", allowed)
        return None
    return Path(_tidy(found.parts))


def _tidy(parts: Sequence[str]) -> str:
    """Join a path without its ways up, so that places are short to read."""
    tidy: list[str] = []
    for part in parts:
        if part == ".." and tidy and tidy[-1] not in {"..", "/"}:
            tidy.pop()
        else:
            tidy.append(part)
    return str(Path(*tidy))


def _expectations(cursor: Cursor, account: Account) -> tuple[Expectation, ...]:
    listed = entries(cursor, "a list of expectations, each with a kind, a name and a verdict")
    read = [_expectation(each, account.inventory) for each in listed]
    return tuple(each for each in read if each is not None)


def _expectation(cursor: Cursor, inventory: Inventory) -> Expectation | None:
    found = fields(cursor, (*KINDS, *EXPECTED))
    named = [(kind, found[str(kind)]) for kind in Kind if str(kind) in found]
    asks_of_tags = "repairs" in found or "reports" in found
    if not asks_of_tags:
        need(cursor, found, "verdict", ", ".join(VERDICTS))
    verdict = _verdict(found.get("verdict"))
    repairs, reports = _repairs(found.get("repairs")), _reports(found.get("reports"))
    policy = text(found["policy"], "the name of a policy") if "policy" in found else ""
    because: tuple[str, ...] | None = ()
    if "because" in found:
        read = partial(text, allowed="a part of a reason", longest=_PATH)
        because = one_or_more(found["because"], read, "at least one part of a reason")
    if len(named) != 1:
        cursor.refuse(f"{len(named)} kinds with a name", f"one of {', '.join(KINDS)}")
        return None
    ((kind, at),) = named
    name = _known(at, inventory.of(kind))
    if name is None or policy is None or because is None:
        return None
    return Expectation(
        kind=kind,
        name=name,
        verdict=verdict,
        policy=policy,
        because=because,
        place=_place(cursor),
        repairs=repairs,
        reports=reports,
    )


def _repairs(cursor: Cursor | None) -> Tags | None:
    """Read which tags are written: `none`, or keys with values, `absent` for what is removed."""
    if cursor is None or _is_none(cursor):
        return None if cursor is None else ()
    found: list[tuple[str, str | None]] = []
    for key, value in pairs(cursor, f"tag keys with values or absent, or {NONE}"):
        name, tag = text(key, "a tag key", LONGEST_KEY), text(value, "a tag value, or absent")
        if name is not None and tag is not None:
            found.append((name, None if tag == "absent" else tag))
    return tuple(sorted(found, key=lambda each: each[0]))


def _reports(cursor: Cursor | None) -> tuple[str, ...] | None:
    """Read which tags a person must mend: `none`, or their keys."""
    if cursor is None or _is_none(cursor):
        return None if cursor is None else ()
    read = partial(text, allowed="a tag key", longest=LONGEST_KEY)
    keys = one_or_more(cursor, read, f"at least one tag key, or {NONE}")
    return None if keys is None else tuple(sorted(keys))


def _is_none(cursor: Cursor) -> bool:
    return isinstance(cursor.node, ScalarNode) and cursor.node.text == NONE


def _verdict(cursor: Cursor | None) -> Word | None:
    word = choice(cursor, VERDICTS) if cursor else None
    if word is None:
        return None
    return UNMATCHED if word == UNMATCHED else Verdict(word)


def _known(cursor: Cursor, there: Iterable[str]) -> str | None:
    name = text(cursor, NAME_ALLOWED)
    names = tuple(there)
    if name is not None and name.lower() not in names:
        cursor.refuse(f"{shown(name)}, which the account lacks", "a name of it", near(name, names))
        return None
    return name


def _place(cursor: Cursor) -> Place:
    return Place(cursor.log.file, cursor.node.mark.line, cursor.node.mark.column)
