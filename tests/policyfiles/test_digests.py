"""What a digest depends on, and what it does not."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.core.canonical import digest
from sagewarden.core.policy import PolicySet
from sagewarden.core.rules import spelled_protection, spelled_rule

POLICY = """\
version: 1
policies:
  - name: stale
    resource: trial-component
    match:
      name: [dev-*, tmp-*]
      tags: {env: [dev, test], team: present}
      status: [Failed, Stopped]
      any: [{idle: 90d}, {age: 1y}]
    keep: {last: 5, group_by: [trial, experiment]}
    action: delete
    grace: 14d
protect:
  - tags: {hold: present}
"""


def load(tmp_path: Path, text: str) -> PolicySet:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    return load_policies(path)


SAME = {
    "a comment": ("grace: 14d", "grace: 14d # two weeks"),
    "a description": ("    grace", "    description: why\n    grace"),
    "the order of globs": ("[dev-*, tmp-*]", "[tmp-*, dev-*]"),
    "the case of a name glob": ("tmp-*", "TMP-*"),
    "a repeated glob": ("[dev-*, tmp-*]", "[dev-*, tmp-*, dev-*]"),
    "the order of tag values": ("[dev, test]", "[test, dev]"),
    "the order of tags": ("{env: [dev, test], team: present}", "{team: present, env: [dev, test]}"),
    "the order of statuses": ("[Failed, Stopped]", "[Stopped, Failed]"),
    "the order of alternatives": ("[{idle: 90d}, {age: 1y}]", "[{age: 1y}, {idle: 90d}]"),
    "another spelling of a duration": ("90d", "3mo"),
    "the order of groups": ("[trial, experiment]", "[experiment, trial]"),
    "nesting that says nothing": ("any: [", "all: [{name: [tmp-*, dev-*]}]\n      any: ["),
    "nested alternatives": ("{age: 1y}]", "{any: [{age: 1y}, {idle: 90d}]}]"),
}

OTHER = {
    "a glob": ("dev-*", "de-*"),
    "a tag value": ("test]", "Test]"),
    "what is wanted of a tag": ("team: present", "team: absent"),
    "a tag value that reads like a word": ("team: present", "team: presents"),
    "a status": ("Stopped", "Completed"),
    "a duration": ("90d", "91d"),
    "any for all": ("any:", "all:"),
    "a condition more": ("status:", "origin: run\n      status:"),
    "unassigned": ("status:", "unassigned: true\n      status:"),
    "a negation": ("any: [{idle: 90d}", "any: [{not: {idle: 90d}}"),
    "the number kept": ("last: 5", "last: 6"),
    "a group": ("[trial, experiment]", '["tag:trial", experiment]'),
    "the action": ("delete\n    grace: 14d", "report"),
    "the resource": ("resource: trial-component\n", "resource: trial\n"),
}

WIDE = """\
version: 1
policies:
  - name: stale
    resource: trial-component
    match:
      display_name: [Old*, copy]
      created_by: [ada, bob]
      parameters: {lr: ["> 0.1, < 1", adam, sgd]}
      metrics: {loss: {last: ["> 5", "< 1"]}}
      parents: ["> 2", 0]
    keep:
      last: 5
      best: {metric: accuracy, order: max, count: 3}
      within: 30d
      daily: 7
      weekly: 4
      monthly: 12
      yearly: 2
      tags: {pinned: present, env: [a, b]}
    action: delete
    grace: 14d
"""

SAME_WIDE = {
    "the order of display names": ("[Old*, copy]", "[copy, Old*]"),
    "the case of a display name": ("Old*", "oLD*"),
    "the order of users": ("[ada, bob]", "[bob, ada]"),
    "the order of parameter values": ('["> 0.1, < 1", adam, sgd]', '[sgd, adam, "> 0.1, < 1"]'),
    "the order of bounds": ("> 0.1, < 1", "< 1, > 0.1"),
    "another spelling of a number": ('"> 5"', '">5.0"'),
    "a number for a comparison": (", 0]", ', "== 0"]'),
    "the order of ranges": ('["> 5", "< 1"]', '["< 1", "> 5"]'),
    "another spelling of a span": ("within: 30d", "within: 1mo"),
    "the order of kept tags": ("{pinned: present, env: [a, b]}", "{env: [b, a], pinned: present}"),
    "the default summary": ("order: max", "summary: last, order: max"),
}

OTHER_WIDE = {
    "display name": ("copy]", "copies]"),
    "user": ("bob]", "Bob]"),
    "parameter": ("{lr:", "{LR:"),
    "parameter value": ("adam", "adamw"),
    "bound": ('< 1", adam', '<= 1", adam'),
    "metric": ("{loss:", "{loss2:"),
    "summary": ("{last: [", "{min: ["),
    "range": ('"> 5"', '"> 6"'),
    "count of parents": (", 0]", ", 1]"),
    "number of the newest": ("last: 5", "last: 6"),
    "metric of the best": ("accuracy", "f1"),
    "summary of the best": ("order: max", "summary: max, order: max"),
    "order of the best": ("order: max", "order: min"),
    "number of the best": ("count: 3", "count: 4"),
    "span": ("within: 30d", "within: 31d"),
    "number of days": ("daily: 7", "daily: 8"),
    "number of weeks": ("weekly: 4", "weekly: 5"),
    "number of months": ("monthly: 12", "monthly: 13"),
    "number of years": ("yearly: 2", "yearly: 3"),
    "days for weeks": ("      daily: 7\n", ""),
    "kept tag": ("pinned: present", "pinned: absent"),
    "value of a kept tag": ("[a, b]", "[a, c]"),
}


@pytest.mark.parametrize("case", SAME_WIDE)
def test_the_rule_of_every_key_is_the_same_after(case: str, tmp_path: Path) -> None:
    text = WIDE.replace(*SAME_WIDE[case])
    assert text != WIDE
    assert load(tmp_path, WIDE).digest == load(tmp_path, text).digest


@pytest.mark.parametrize("case", OTHER_WIDE)
def test_the_rule_is_another_with_another(case: str, tmp_path: Path) -> None:
    before = load(tmp_path, WIDE).policies[0]
    text = WIDE.replace(*OTHER_WIDE[case])
    assert load(tmp_path, text).policies[0].rule != before.rule


@pytest.mark.parametrize("case", SAME)
def test_the_rule_is_the_same_after(case: str, tmp_path: Path) -> None:
    assert load(tmp_path, POLICY).digest == load(tmp_path, POLICY.replace(*SAME[case])).digest


@pytest.mark.parametrize("case", OTHER)
def test_the_rule_is_another_after_another(case: str, tmp_path: Path) -> None:
    text = (
        POLICY.replace("[trial, experiment]", "[experiment]") if case == "the resource" else POLICY
    )
    before, after = load(tmp_path, text), load(tmp_path, text.replace(*OTHER[case]))
    assert before.policies[0].rule != after.policies[0].rule


def test_the_grace_period_is_no_part_of_the_rule(tmp_path: Path) -> None:
    longer = load(tmp_path, POLICY.replace("14d", "30d"))
    assert load(tmp_path, POLICY).policies[0].rule == longer.policies[0].rule


def test_who_is_told_is_no_part_of_the_rule_but_of_the_set(tmp_path: Path) -> None:
    """Nor does it say anything new to notify the owner."""
    before, spelled, after = (
        load(tmp_path, POLICY.replace("14d", f"14d{more}"))
        for more in ("", "\n    notify: [owner]", "\n    notify: [operator]")
    )
    assert before.policies[0].rule == after.policies[0].rule
    assert before.digest == spelled.digest != after.digest


@pytest.mark.parametrize(
    "change", [("14d", "30d"), ("name: stale", "name: old"), ("{hold: present}", "{hold: absent}")]
)
def test_grace_name_and_protections_are_part_of_the_set(
    change: tuple[str, str], tmp_path: Path
) -> None:
    assert load(tmp_path, POLICY).digest != load(tmp_path, POLICY.replace(*change)).digest


def test_the_confirmed_account_is_part_of_the_set(tmp_path: Path) -> None:
    text = POLICY.split("    match:", maxsplit=1)[0] + (
        '    match: all\n    confirm_match_all: "123456789012"\n    action: delete\n    grace: 1d\n'
    )
    assert load(tmp_path, text).digest != load(tmp_path, text.replace("9012", "9013")).digest


def test_the_digest_of_a_set_stays_what_it_was(tmp_path: Path) -> None:
    """A change here restarts no mark, but voids stored plans: say so in the changelog."""
    assert load(tmp_path, POLICY).digest == (
        "88452022e409f8c81594f96a65c768dc30181e5afcdf6af6a5f363a6a6f8c7a1"
    )


def test_the_rule_of_a_policy_stays_what_it_was(tmp_path: Path) -> None:
    """A change here makes every running mark of every user void."""
    assert load(tmp_path, POLICY).policies[0].rule == (
        "ea8a1edb4a8207e491869aa31694a84ac1c109f28a419352dd1b1b8511140f36"
    )


CONDITIONS: dict[str, Any] = {
    "name": ["dev-*", "tmp-?"],
    "tags": {"env": ["a", "b"], "owner": "absent", "team": "present"},
    "status": ["Failed", "Stopped", "absent"],
    "origin": ["run", "job"],
    "idle": "90d",
    "age": "1y",
    "any": [{"idle": "1d"}, {"age": "2d"}],
    "not": {"name": ["x", "y"]},
}
NAMES = ("a", "b", "c", "d")


def shuffled(draw: st.DrawFn, value: Any) -> Any:
    """Return the same value with its lists and keys in another order."""
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        return {key: shuffled(draw, value[key]) for key in keys}
    if isinstance(value, list):
        return [shuffled(draw, each) for each in draw(st.permutations(value))]
    return value


def written(name: str, number: int) -> dict[str, Any]:
    kept = {"last": 3, "group_by": ["trial", "name-prefix"]}
    fields = {"name": name, "resource": "trial-component", "match": CONDITIONS, "keep": kept}
    return fields | {"action": "delete", "grace": f"{number}d"}


@st.composite
def directories(draw: st.DrawFn) -> dict[str, bytes]:
    """Spread the same four policies over files, in any order; JSON is YAML."""
    spread: dict[str, list[Any]] = {}
    for number, name in draw(st.permutations(list(enumerate(NAMES, start=1)))):
        file = draw(st.sampled_from(("x.yaml", "y.yml", "z.yaml")))
        spread.setdefault(file, []).append(shuffled(draw, written(name, number)))
    return {
        file: orjson.dumps(shuffled(draw, {"version": 1}) | {"policies": policies})
        for file, policies in spread.items()
    }


@settings(deadline=None, max_examples=25)
@given(one=directories(), other=directories())
def test_the_order_of_files_policies_keys_and_alternatives_makes_no_difference(
    one: dict[str, bytes], other: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    digests = set()
    for files in (one, other):
        place = tmp_path_factory.mktemp("policies")
        for name, body in files.items():
            (place / name).write_bytes(body)
        digests.add(load_policies(place).digest)
    assert len(digests) == 1


TAGGING = """\
version: 1
policies:
  - name: tagged
    resource: trial
    match: {name: dev-*}
    require:
      owner: {pattern: "[a-z]+"}
      env: {allowed: [dev, test, prod], default: dev, normalise: {Dev: dev}}
      team: {inherit: true, rename: [Team, group, crew]}
    action: tag
    escalate: {after: 30d, action: delete, grace: 14d}
"""

SAME_TAGGING = {
    "the order of allowed values": ("[dev, test, prod]", "[prod, dev, test]"),
    "the order of other keys": ("[Team, group, crew]", "[crew, Team, group]"),
    "what is so anyway": ("default: dev,", "default: dev, inherit: false,"),
}

OTHER_TAGGING = {
    "pattern": ("[a-z]+", "[a-z]*"),
    "allowed value": ("test, prod", "prod"),
    "default": ("default: dev", "default: test"),
    "inheritance": ("{inherit: true, rename", "{rename"),
    "other key": ("[Team, group, crew]", "[Team, group]"),
    "value that is normalised": ("{Dev: dev}", "{DEV: dev}"),
    "required tag": ("owner:", "mail:"),
}


@pytest.mark.parametrize("case", SAME_TAGGING)
def test_the_rule_of_required_tags_is_the_same_after(case: str, tmp_path: Path) -> None:
    text = TAGGING.replace(*SAME_TAGGING[case])
    assert text != TAGGING
    assert load(tmp_path, TAGGING).digest == load(tmp_path, text).digest


@pytest.mark.parametrize("case", OTHER_TAGGING)
def test_the_rule_of_required_tags_is_another_with_another(case: str, tmp_path: Path) -> None:
    before = load(tmp_path, TAGGING).policies[0]
    assert load(tmp_path, TAGGING.replace(*OTHER_TAGGING[case])).policies[0].rule != before.rule


@pytest.mark.parametrize("change", [("after: 30d", "after: 31d"), ("grace: 14d", "grace: 15d")])
def test_how_long_an_escalation_waits_is_part_of_the_set_alone(
    change: tuple[str, str], tmp_path: Path
) -> None:
    before, after = load(tmp_path, TAGGING), load(tmp_path, TAGGING.replace(*change))
    assert before.policies[0].rule == after.policies[0].rule
    assert before.digest != after.digest


def test_the_rule_is_the_digest_of_what_is_spelled(tmp_path: Path) -> None:
    for text in (POLICY, WIDE, TAGGING):
        (policy,) = load(tmp_path, text).policies
        assert digest(spelled_rule(policy)) == policy.rule


def test_a_protection_of_models_is_part_of_the_set(tmp_path: Path) -> None:
    models = POLICY.replace("- tags: {hold: present}", "- registered_models: true")
    found = load(tmp_path, models)
    assert found.digest != load(tmp_path, POLICY).digest
    assert spelled_protection(found.protections[0]) == {"registered_models": True}


def test_the_rule_of_required_tags_stays_what_it_was(tmp_path: Path) -> None:
    """A change here starts every violation of every user anew."""
    assert load(tmp_path, TAGGING).policies[0].rule == (
        "c1ba0c544c890c1522f0bed13938fca8498184942b57845949fa08d9bdc615b8"
    )


def test_in_which_order_who_is_told_stands_is_no_part_of_the_set(tmp_path: Path) -> None:
    one, other = (
        load(tmp_path, POLICY.replace("14d", f"14d\n    notify: [{both}]"))
        for both in ("owner, operator", "operator, owner")
    )
    assert one.digest == other.digest
