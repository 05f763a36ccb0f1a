"""Edges between components and trials."""

from dataclasses import replace
from typing import Any

import pytest

from sagewarden.sandbox import Admin, Sandbox


def names(answer: Any) -> list[str]:
    return sorted(each["TrialName"] for each in answer["TrialSummaries"])


def test_a_component_hangs_on_many_trials(sm: Any, tree: Any) -> None:
    """In several experiments, too."""
    tree("exp-a", t1=["c"], t2=["c"])
    tree("exp-b", t3=["c"])
    assert names(sm.list_trials(TrialComponentName="c")) == ["t1", "t2", "t3"]


def test_associating_twice_is_associating_once(sm: Any, tree: Any) -> None:
    """The second call is accepted and changes nothing."""
    tree(t1=["c"])
    sm.associate_trial_component(TrialName="t1", TrialComponentName="c")
    assert names(sm.list_trials(TrialComponentName="c")) == ["t1"]


def test_an_edge_that_is_not_there_cannot_be_removed(sm: Any, tree: Any, refused: Any) -> None:
    """Disassociate of an unlinked pair is ResourceNotFound."""
    tree(t1=["c"], t2=[])
    call = sm.disassociate_trial_component
    assert refused(call, TrialName="t2", TrialComponentName="c")[0] == "ResourceNotFound"


def test_the_51st_component_of_a_trial_is_refused(sm: Any, tree: Any, refused: Any) -> None:
    """Its component was made already: an orphan stays behind."""
    tree(t1=[f"c{number}" for number in range(50)])
    sm.create_trial_component(TrialComponentName="orphan")
    call = sm.associate_trial_component
    code, _, _ = refused(call, TrialName="t1", TrialComponentName="orphan")
    assert code == "ResourceLimitExceeded"


def test_what_aws_made_counts_in_no_quota(sm: Any, tree: Any, box: Sandbox) -> None:
    """A job's component takes none of the 50 places."""
    box.admin.set_knobs(components_per_trial=1)
    tree(t1=["c"])
    made = box.state.components.rows["c"]
    box.state.components.put(replace(made, made_by_aws=True, rendered={}))
    sm.create_trial_component(TrialComponentName="d")
    sm.associate_trial_component(TrialName="t1", TrialComponentName="d")
    assert names(sm.list_trials(TrialComponentName="d")) == ["t1"]


def test_right_after_disassociate_delete_may_answer_linked(
    sm: Any, tree: Any, refused: Any, admin: Admin
) -> None:
    """For `linked_seconds` on the sandbox's clock, then it is deleted."""
    admin.set_knobs(linked_seconds=5.0)
    admin.freeze()
    tree(t1=["c"])
    sm.disassociate_trial_component(TrialName="t1", TrialComponentName="c")
    during = refused(sm.delete_trial_component, TrialComponentName="c")[0]
    admin.advance(5.0)
    sm.delete_trial_component(TrialComponentName="c")
    assert (during, admin.calls()[-1].code) == ("ValidationException", "OK")


def test_the_linked_window_can_be_switched_off_by_chance(sm: Any, tree: Any, admin: Admin) -> None:
    """With probability 0 the delete succeeds at once."""
    admin.set_knobs(linked_seconds=5.0, linked_probability=0.0)
    tree(t1=["c"])
    sm.disassociate_trial_component(TrialName="t1", TrialComponentName="c")
    sm.delete_trial_component(TrialComponentName="c")
    assert admin.calls()[-1].code == "OK"


@pytest.mark.parametrize(
    ("touch", "moved"),
    [
        ("none", set()),
        ("self", {"component"}),
        ("above", {"trial", "experiment"}),
        ("both", {"component", "trial", "experiment"}),
    ],
)
@pytest.mark.parametrize("operation", ["associate", "disassociate"])
def test_whether_edges_move_last_modified_times_is_a_knob(
    sm: Any, tree: Any, box: Sandbox, operation: str, touch: str, moved: set[str]
) -> None:
    """Unknown on AWS, so each answer can be set."""
    box.admin.freeze()
    tree(t1=["c"], t2=[])
    box.admin.set_knobs(**{f"touch_on_{operation}": touch})
    box.admin.advance(60)
    target = {"associate": "t2", "disassociate": "t1"}[operation]
    getattr(sm, f"{operation}_trial_component")(TrialName=target, TrialComponentName="c")
    state, now = box.state, box.admin.now()
    modified = {
        "component": state.components.rows["c"].modified,
        "trial": state.trials.rows[target].modified,
        "experiment": state.experiments.rows["exp"].modified,
    }
    assert {kind for kind, at in modified.items() if at == now} == moved


def test_a_link_survives_other_changes(sm: Any, tree: Any) -> None:
    """An update of a component keeps its parents."""
    tree(t1=["c"])
    sm.update_trial_component(TrialComponentName="c", DisplayName="shown")
    assert names(sm.list_trials(TrialComponentName="c")) == ["t1"]
