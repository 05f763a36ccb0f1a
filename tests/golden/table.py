"""Which case shows which rule of the language; run it, and it prints the table.

The rules are taken from the loader's own tables, so a new key has no case until somebody writes
one; what no key tells (trees, marks, unknowns) is listed here by hand. A case shows a key when its
policy uses it.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sagewarden.adapters.policyfiles import conditions, document, keep, require
from sagewarden.adapters.policyfiles.plain import read_plain
from sagewarden.core.entities import STATUSES, Kind, Origin
from sagewarden.core.needs import FIELDS
from sagewarden.core.policy import Action, Receiver

GOLDEN = Path(__file__).parent
PRESENCE = ("present", "absent", "values")
SIGNS = ("<", "<=", "==", "!=", ">=", ">")

BY_HAND: Mapping[str, tuple[str, ...]] = {
    "an experiment is as young as its youngest part": ("youngest-part", "age-below"),
    "an experiment is as busy as its busiest part": ("idle-below",),
    "a trial that goes spares components that others use": ("trial-spares-shared",),
    "an experiment that goes spares components that others use": ("shared-component",),
    "a component alone leaves all its trials": ("direct-component",),
    "unassigned components have policies of their own": ("unassigned-and-assigned", "unassigned"),
    "a running part keeps its tree": ("trial-of-running", "status"),
    "a hold reaches above and below": ("holds",),
    "a hold by command ends when it expires or is released": ("holds-ended",),
    "what is held is not tagged, nor what is below it": ("require-held",),
    "a protection stands above every policy": ("protect",),
    "a model in use keeps its component and what is above": ("protect-models",),
    "models that nobody could read keep all that may have one": ("protect-models-unread",),
    "unknown keeps, and so does its opposite": ("unknown-is-not-its-opposite",),
    "an absent metric is known, one that was not read is not": ("metrics-unknown",),
    "an absent parameter is known, one that was not read is not": ("parameters-unknown",),
    "children that may be anywhere are not known": ("children-unknown",),
    "sources that differ must agree": ("metrics-unknown", "keep-best-smallest"),
    "a gap keeps what it names and what is above": ("gaps",),
    "of an incomplete inventory nothing is due": ("incomplete",),
    "what hangs nobody knows where keeps every tree": ("unseen-place",),
    "a group seen in part stays whole": ("keep-of-a-group-seen-in-part",),
    "a rule that finds nobody keeps the group": ("keep-best", "keep-tags"),
    "ties at the edge all stay": ("keep-best",),
    "what cannot be ranked stays": ("keep-best-smallest",),
    "keep counts over all, not over the bad": ("keep-best-of-all",),
    "what one of several rules keeps stays": ("keep-several-rules",),
    "keep holds for reports": ("keep-in-a-report",),
    "a first match only marks": ("first-match",),
    "nothing goes before it is due": ("before-due",),
    "settings have a shortest grace": ("min-grace",),
    "of two policies the first by name deletes": ("two-policies",),
    "a text that spells a number compares as one": ("parameters-numbers",),
    "bounds with a comma must all hold": ("parameters-numbers",),
    "what a restore created rests for a while, and so does what is above": ("restored-rests",),
    "a display name counts as a name": ("display-name",),
    "a repair leaves at most 50 tags": ("require-50-tags",),
    "of policies that quarrel over a tag nobody writes": ("require-quarrel",),
    "nothing escalates before its time": ("escalate-before",),
    "what escalates is marked first": ("escalate-marked", "escalate-due"),
    "a mark and a missing tag stand side by side": ("require-marked",),
}


def grammar() -> Iterator[str]:
    """Every rule that has a spelling, by its path."""
    yield from (f"resource: {kind}" for kind in Kind)
    yield from (f"action: {action}" for action in Action)
    yield "match: all"
    yield from (f"match.{key}" for key in conditions.CONDITION_FIELDS)
    yield from (f"match.status: {status}" for status in (*STATUSES, "absent"))
    yield from (f"match.origin: {origin}" for origin in Origin)
    yield from (f"match.unassigned: {wanted}" for wanted in (True, False))
    for key in ("tags", "parameters"):
        yield from (f"match.{key}: {want}" for want in PRESENCE)
    yield from (
        f"match.{key}: {want}" for key in ("created_by", "display_name") for want in PRESENCE
    )
    yield from (f"match.metrics: {word}" for word in ("present", "absent", *FIELDS))
    yield from (f"comparison {sign}" for sign in SIGNS)
    yield from (f"keep.{rule}" for rule in keep.KEEP_RULES)
    yield from (f"keep.best.order: {order}" for order in ("min", "max"))
    yield "keep.best.summary"
    yield from (f"keep.group_by: {word}" for word in ("experiment", "trial", "name-prefix", "tag"))
    yield from (f"require: {rule}" for rule in ("present", *require.REQUIRE_FIELDS))
    yield "escalate"
    yield from (f"notify: {receiver}" for receiver in Receiver)
    yield from (f"protect.{key}" for key in document.PROTECT_FIELDS)


def shown_by(policy: Path) -> set[str]:
    """Every rule that a policy file uses."""
    found: set[str] = set()
    content = read_plain(policy)
    for each in content["policies"]:
        found |= {f"resource: {each['resource']}", f"action: {each['action']}"}
        found |= {"match: all"} if each["match"] == "all" else set(_match(each["match"]))
        found |= set(_keep(each.get("keep", {}))) | {"escalate"} & each.keys()
        found |= {f"notify: {receiver}" for receiver in _listed(each.get("notify", []))}
        for rules in each.get("require", {}).values():
            found |= {f"require: {rule}" for rule in ([rules] if rules == "present" else rules)}
    found |= {f"protect.{key}" for each in content.get("protect", ()) for key in each}
    return found


def _match(match: Mapping[str, Any]) -> Iterator[str]:
    for key, value in match.items():
        yield f"match.{key}"
        if key in {"any", "all"}:
            for part in value:
                yield from _match(part)
        elif key == "not":
            yield from _match(value)
        else:
            yield from _values(key, value)


def _values(key: str, value: Any) -> Iterator[str]:
    if key in {"tags", "parameters", "metrics"}:
        for each in value.values():
            yield from _wanted(key, each)
    elif key in {"created_by", "display_name"}:
        yield from _wanted(key, value)
    elif key in {"status", "origin", "unassigned"}:
        yield from (f"match.{key}: {each}" for each in _listed(value))
    else:
        yield from _signs(value)


def _wanted(key: str, value: Any) -> Iterator[str]:
    if value in ("present", "absent"):
        yield f"match.{key}: {value}"
    elif isinstance(value, dict):
        for summary, compared in value.items():
            yield f"match.{key}: {summary}"
            yield from _signs(compared)
    else:
        yield f"match.{key}: values"
        yield from _signs(value)


def _signs(value: Any) -> Iterator[str]:
    for each in _listed(value):
        bounds = each.split(",") if isinstance(each, str) else [f"== {each}"]
        yield from (f"comparison {bound.split()[0]}" for bound in bounds if bound.split())


def _keep(rules: Mapping[str, Any]) -> Iterator[str]:
    for key, value in rules.items():
        if key == "group_by":
            yield from (f"keep.group_by: {each.split(':')[0]}" for each in _listed(value))
            continue
        yield f"keep.{key}"
        if key == "best":
            yield f"keep.best.order: {value['order']}"
            yield from (f"keep.best.{name}" for name in value if name == "summary")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def table() -> dict[str, list[str]]:
    """Each rule with the cases that show it."""
    cases = {path.parent.name: shown_by(path) for path in sorted(GOLDEN.glob("*/policy.yaml"))}
    rows = {rule: [name for name, shown in cases.items() if rule in shown] for rule in grammar()}
    return rows | {rule: list(names) for rule, names in BY_HAND.items()}


def told(rows: Mapping[str, list[str]]) -> Iterator[str]:
    """The table in lines, and what has no case."""
    for rule, cases in rows.items():
        yield f"{rule:<62} {', '.join(cases) or 'NO CASE'}"
    count = len({name for cases in rows.values() for name in cases})
    gaps = sum(not cases for cases in rows.values())
    yield f"{len(rows)} rules, {count} cases, {gaps} rules without a case"


if __name__ == "__main__":
    sys.stdout.write("\n".join(told(table())) + "\n")
