"""Reads a golden case: a policy file and an account, and tells what is decided in lines to read.

`account.json` names entities of each kind; what is not said of one is: created and last changed
100 days before `now`, no tags, parameters or metrics, seen whole. Ages and idle times are durations
of the policy language. `marks` says how long ago everything was first seen as it is: the first
match marks, and the notice was accepted that day. `models` are those in use, or the reason why
that is unknown; `artifacts` are a component's, null when unknown. `violated`
says how long ago required tags were first found to be as they are.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.core.canonical import read_time
from sagewarden.core.durations import parse_duration
from sagewarden.core.entities import Entity, Kind, Metrics, Origin, Parent, Quantity, Target
from sagewarden.core.holds import Hold, Holds, Release
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.judge import Circumstances, Judgement, Judgements, judge
from sagewarden.core.marks import MarkRules
from sagewarden.core.models import Artifacts, Models, ModelUse, Role
from sagewarden.core.notices import Notice, notices
from sagewarden.core.plan import Unit
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import PolicySet, Receiver
from sagewarden.core.tagging import repairs

RULES = MarkRules(
    matches=1,
    interval=timedelta(hours=1),
    min_grace=timedelta(days=7),
    restored_rest=timedelta(days=30),
)
Stored = Mapping[str, Any]


def decide(case: Path) -> dict[str, Any]:
    """Judge and plan a case; return everything as it stands in its `plan.json`."""
    policies = replace(load_policies(case / "policy.yaml"), digest="")
    stored = json.loads((case / "account.json").read_text())
    inventory = _inventory(stored)
    judgements = _judged(stored, inventory, policies)
    plan = make_plan(inventory.target, policies.digest, judgements)
    decided = {
        "verdicts": {_heading(each): _verdict(each) for each in judgements.given},
        "unknown": judgements.unknown,
        "matched": {f"{kind}s": count for kind, count in judgements.matched.items()},
        "units": [_unit(unit) for unit in plan.units],
    }
    if judgements.inspected:
        decided |= _tags(judgements)
    if any(each.notify != (Receiver.OWNER,) for each in policies.policies):
        told = notices(inventory.target, judgements.given, judgements.marks)
        decided["notices"] = [_notice(each) for each in told]
    return json.loads(json.dumps(decided).replace(f"{case}/", ""))  # type: ignore[no-any-return]


def _notice(notice: Notice) -> dict[str, Any]:
    names = [each.judgement.entity.name for each in notice.marks]
    return {"of": notice.owner, "to": list(notice.to), "marked": names}


def _judged(stored: Stored, inventory: Inventory, policies: PolicySet) -> Judgements:
    now = read_time(stored["now"])
    holds = Holds(tuple(_hold(each, now) for each in stored.get("holds", ())))
    models = _models(stored.get("models", []))
    given = Circumstances(now, {}, RULES, holds.reasons(inventory, now), models=models)
    if "violated" in stored:
        since = now - parse_duration(stored["violated"])
        found = judge(inventory, policies, replace(given, now=since)).violations
        given = replace(given, violations=found)
    if "marks" not in stored:
        return judge(inventory, policies, given)
    first = now - parse_duration(stored["marks"])
    marks = judge(_as_of(first, inventory), policies, replace(given, now=first)).marks
    told = {place: replace(mark, announced=first) for place, mark in marks.items()}
    return judge(inventory, policies, replace(given, marks=told))


def _hold(stored: Stored, now: datetime) -> Hold:
    return Hold(
        kind=Kind(stored["kind"]),
        name=stored["name"],
        owner=stored["owner"],
        reason=stored["reason"],
        by="arn:ada",
        added=now - timedelta(days=200),
        until=read_time(stored["until"]) if "until" in stored else None,
        release=Release("arn:ada", now, stored["released"]) if "released" in stored else None,
    )


def _as_of(moment: datetime, inventory: Inventory) -> Inventory:
    """The account as it was: without what was made or changed since."""
    of = {
        kind: {
            entity.key: entity
            for entity in inventory.of(kind).values()
            if max(entity.created, entity.modified or entity.created) <= moment
        }
        for kind in Kind
    }
    return Inventory(
        inventory.target, moment, of[Kind.EXPERIMENT], of[Kind.TRIAL], of[Kind.COMPONENT]
    )


def _inventory(stored: Stored) -> Inventory:
    gaps = [Gap(Kind(gap["kind"]), gap["name"], gap["reason"]) for gap in stored.get("gaps", ())]
    return Inventory(
        target=Target("123456789012", "eu-west-1"),
        began=read_time(stored["now"]),
        experiments=_entities(Kind.EXPERIMENT, stored, "experiments"),
        trials=_entities(Kind.TRIAL, stored, "trials"),
        components=_entities(Kind.COMPONENT, stored, "components"),
        gaps=tuple(gaps),
    )


def _entities(kind: Kind, stored: Stored, section: str) -> dict[str, Entity]:
    now = read_time(stored["now"])
    some = [_entity(kind, each, now) for each in stored.get(section, ())]
    return {entity.key: entity for entity in some}


def _entity(kind: Kind, stored: Stored, now: datetime) -> Entity:
    idle = parse_duration(stored.get("idle", "100d"))
    age = parse_duration(stored.get("age", "100d"))
    trials = stored.get("trials", ())
    return Entity(
        kind=kind,
        name=stored["name"],
        arn=f"arn:{kind}/{stored['name']}",
        created=now - max(age, idle),
        modified=now - idle,
        content=stored["name"],
        tags=stored.get("tags", {}),
        display_name=stored.get("display_name"),
        status=stored.get("status", "Completed" if kind is Kind.COMPONENT else None),
        origin=Origin(stored.get("origin", "manual")),
        experiment=stored.get("experiment"),
        parents=None if trials is None else tuple(Parent(trial, None) for trial in trials),
        doubt=stored.get("doubt"),
        created_by=stored.get("created_by"),
        parameters=stored.get("parameters", {}),
        metrics=_metrics(stored.get("metrics", {})),
        artifacts=_artifacts(stored.get("artifacts", ())),
    )


def _artifacts(stored: list[str] | None) -> Artifacts | None:
    return None if stored is None else tuple(stored)


def _models(stored: str | list[Stored]) -> Models:
    """Read who rests on which place in S3, each with its role."""
    if isinstance(stored, str):
        return Models(unread=stored)
    uses = (ModelUse(Role[each["role"].upper()], each["by"], each["at"]) for each in stored)
    return Models.of(uses)


def _metrics(stored: Stored | None) -> Metrics | None:
    """Read a value for each summary, or several where sources differ; null was not read."""
    if stored is None:
        return None
    return {
        Quantity(metric, summary): tuple(map(float, given if isinstance(given, list) else [given]))
        for metric, summaries in stored.items()
        for summary, given in ({"count": 1} | summaries).items()
    }


def _tags(judgements: Judgements) -> dict[str, Any]:
    """Spell what would be written, and how each required tag stands that is not right."""
    written = [f"{step} ({step.reason})" for step in repairs(judgements.inspected)]
    findings = [each for some in judgements.inspected for each in some.findings]
    stands = {
        f"{each.entity.identity}: {each.key} by {each.policy.name}": f"{each.state}: {each.reason}"
        for each in findings
    }
    return {"written": written, "tags": stands}


def _heading(judgement: Judgement) -> str:
    entity, policy = judgement.entity, judgement.policy
    return f"{entity.kind} {entity.name} by {policy.name}: {judgement.verdict}"


def _verdict(judgement: Judgement) -> dict[str, list[str]]:
    return {"for": list(judgement.reasons), "against": list(judgement.against)}


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "kind": unit.kind,
        "steps": [str(step) for step in unit.steps],
        "spared": [each.name for each in unit.spared],
        "looked at": [each.name for each in unit.ancestors],
    }


def spelled(decided: Mapping[str, Any]) -> str:
    """Spell a decision the way `plan.json` does, line by line."""
    return json.dumps(decided, indent=2) + "\n"


def rewrite() -> None:
    """Write each case's `plan.json` as it is decided now."""
    for policy in sorted(Path(__file__).parent.glob("*/policy.yaml")):
        (policy.parent / "plan.json").write_text(spelled(decide(policy.parent)))


if __name__ == "__main__":
    rewrite()
