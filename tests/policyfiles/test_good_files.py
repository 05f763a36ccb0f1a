"""What a good file becomes."""

from datetime import timedelta
from pathlib import Path

import pytest

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.core.comparisons import Bound
from sagewarden.core.entities import Kind, Origin, Quantity
from sagewarden.core.policy import (
    Action,
    Aged,
    AllOf,
    AnyOf,
    Best,
    Condition,
    Counted,
    CreatedBy,
    Displayed,
    Escalation,
    Everything,
    GroupKey,
    Idle,
    InStatus,
    Keep,
    Metric,
    ModelsInUse,
    Named,
    Not,
    OfOrigin,
    Parameter,
    Place,
    Policy,
    PolicySet,
    Receiver,
    Required,
    Tagged,
    Unassigned,
)

FILE = Path(__file__).parent / "good" / "every-key.yaml"


@pytest.fixture(scope="module")
def loaded() -> PolicySet:
    return load_policies(FILE)


@pytest.fixture
def first(loaded: PolicySet) -> Policy:
    return loaded.policies[0]


def match(tmp_path: Path, text: str, action: str = "action: report") -> Condition:
    """Load one policy of trial components with this `match`."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "version: 1\npolicies:\n"
        f"  - {{name: a, resource: trial-component, match: {text}, {action}}}\n"
    )
    return load_policies(path).policies[0].match


def test_each_key_of_match_becomes_its_condition(first: Policy) -> None:
    assert first.match == AllOf(
        (
            Named(("dev-*", "*-tmp")),
            Tagged("env", "values", ("dev", "sandbox-*")),
            Tagged("team", "present"),
            Tagged("legal-hold", "absent"),
            Tagged("cost-center", "values", ("100",)),
            Displayed("values", ("old*", "*(copy)")),
            CreatedBy("values", ("ada",)),
            InStatus(("Completed", "absent")),
            OfOrigin((Origin.JOB,)),
            Idle(timedelta(days=90)),
            Aged(timedelta(days=180)),
            Unassigned(wanted=False),
            Counted("parents", ((Bound(">", 1),), (Bound("==", 0),))),
            Parameter("learning_rate", "values", (), ((Bound(">=", 0.1), Bound("<", 1)),)),
            Parameter(
                "epochs",
                "values",
                (),
                ((Bound("==", 10),), (Bound("==", 100),), (Bound(">", 500),)),
            ),
            Parameter("optimizer", "values", ("adam*", "sgd")),
            Parameter("seed", "absent"),
            Metric(Quantity("validation:rmse"), "values", ((Bound(">", 0.5),),)),
            Metric(Quantity("validation:rmse", "count"), "values", ((Bound("==", 3),),)),
            Metric(Quantity("loss", "min"), "values", ((Bound("==", 0),), (Bound("<", -1),))),
            Metric(Quantity("loss", "max"), "values", ((Bound("<=", 9),),)),
            Metric(Quantity("loss", "avg"), "values", ((Bound("!=", 2),),)),
            Metric(Quantity("loss", "std_dev"), "values", ((Bound("==", 1.5),),)),
            Metric(Quantity("accuracy", "count"), "present"),
            AnyOf(
                (
                    Idle(timedelta(days=365)),
                    AllOf((Aged(timedelta(days=182)), OfOrigin((Origin.RUN, Origin.MANUAL)))),
                )
            ),
            AllOf((Named(("d*",)),)),
            Not(InStatus(("InProgress", "Stopping"))),
        )
    )


def test_keep_has_its_rules_and_its_groups(first: Policy) -> None:
    groups = (
        GroupKey("trial"),
        GroupKey("experiment"),
        GroupKey("tag", "team"),
        GroupKey("name-prefix"),
    )
    assert first.keep == Keep(
        last=5,
        best=Best(Quantity("accuracy", "max"), "max", 3),
        within=timedelta(days=30),
        periods=(("daily", 7), ("weekly", 4), ("monthly", 12), ("yearly", 2)),
        tags=(Tagged("pinned", "present"), Tagged("env", "values", ("prod", "st*"))),
        group_by=groups,
    )


def test_receivers_of_notices_have_one_order_and_a_default(loaded: PolicySet) -> None:
    receivers = [each.notify for each in loaded.policies if each.deletes]
    both, operator, default = receivers
    assert (both, operator) == ((Receiver.OWNER, Receiver.OPERATOR), (Receiver.OPERATOR,))
    assert default == (Receiver.OWNER,)


def test_an_experiment_counts_its_trials(loaded: PolicySet) -> None:
    assert loaded.policies[2].match == AllOf(
        (
            Counted("children", ((Bound("<", 2),),)),
            CreatedBy("absent"),
            Displayed("present"),
        )
    )


def test_a_policy_knows_where_it_stands(first: Policy) -> None:
    assert first.place == Place(str(FILE), 4, 5)


def test_a_description_may_have_lines(first: Policy) -> None:
    assert first.description == "Two lines\nof reasons\n"


def test_a_policy_has_its_resource_action_and_grace(first: Policy) -> None:
    assert (first.resource, first.action, first.grace) == (
        Kind.COMPONENT,
        Action.DELETE,
        timedelta(days=14),
    )


def test_a_report_has_neither_grace_nor_keep(loaded: PolicySet) -> None:
    assert (loaded.policies[1].grace, loaded.policies[1].keep) == (None, None)


def test_match_all_is_everything(loaded: PolicySet) -> None:
    assert loaded.policies[1].match == Everything()


def test_a_confirmed_match_all_carries_the_account(loaded: PolicySet) -> None:
    assert loaded.policies[3].confirm_match_all == "012345678901"


def test_a_protection_is_what_it_names(loaded: PolicySet) -> None:
    assert [each.condition for each in loaded.protections] == [
        Tagged("legal-hold", "present"),
        AllOf((Tagged("env", "values", ("prod",)), Tagged("tier", "values", ("gold", "s*")))),
        AllOf((Named(("*-golden", "paper-*")), Tagged("env", "values", ("prod",)))),
        ModelsInUse(),
    ]


def test_a_protection_knows_where_it_stands(loaded: PolicySet) -> None:
    assert [each.place.line for each in loaded.protections] == [78, 79, 80, 81]


def test_a_single_condition_stands_for_itself(tmp_path: Path) -> None:
    assert match(tmp_path, "{idle: 90d}") == Idle(timedelta(days=90))


def test_a_quoted_word_of_the_language_is_the_same_word(tmp_path: Path) -> None:
    assert match(tmp_path, '{tags: {team: "present"}}') == Tagged("team", "present")


def test_a_text_that_only_looks_like_a_number_in_quotes_is_a_text(tmp_path: Path) -> None:
    expected = Tagged("a", "values", ("no", "010", "1:30"))
    assert match(tmp_path, '{tags: {a: ["no", "010", "1:30"]}}') == expected


def test_text_of_all_unicode_that_shows_is_taken_as_it_is(tmp_path: Path) -> None:
    assert match(tmp_path, "{name: prüfung-Ω-実験-*}") == Named(("prüfung-Ω-実験-*",))


def test_running_states_may_be_reported(tmp_path: Path) -> None:
    assert match(tmp_path, "{status: InProgress}") == InStatus(("InProgress",))


def test_running_states_below_not_may_stand_in_a_policy_that_deletes(tmp_path: Path) -> None:
    found = match(tmp_path, "{not: {status: InProgress}}", "action: delete, grace: 1d")
    assert found == Not(InStatus(("InProgress",)))


def test_nesting_of_20_levels_loads(tmp_path: Path) -> None:
    text = "{not: " * 16 + "{idle: 1d}" + "}" * 16
    assert isinstance(match(tmp_path, text), Not)


def test_required_tags_are_read_whole(loaded: PolicySet) -> None:
    policy = next(each for each in loaded.policies if each.name == "required-tags")
    assert policy.require == (
        Required(key="owner", pattern=r"[^@ ]+@example\.com", rename=("Owner", "user")),
        Required(key="cost-center", allowed=("ml-100", "ml-200")),
        Required(key="data-class", default="internal"),
        Required(key="team", inherit=True),
        Required(
            key="env", allowed=("prod",), normalise=(("production", "prod"), ("Prod", "prod"))
        ),
        Required(key="purpose"),
    )
    assert policy.escalate == Escalation(timedelta(days=30), timedelta(weeks=2))
