"""Effects: sent once, guarded last, and never taken for done without an answer."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.aws.calls import CallCounter
from sagewarden.adapters.aws.effects import SageMakerEffects
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.core.deletion import Reassociation
from sagewarden.core.entities import Kind
from sagewarden.core.plan import Effect
from sagewarden.errors import (
    Absent,
    EffectRefused,
    EffectThrottled,
    EffectUnclear,
    LeaseHeld,
    SageWardenError,
    StillLinked,
)

if TYPE_CHECKING:
    from tests.aws.conftest import World

Send = Callable[["World"], None]


def delete_lone(world: "World") -> None:
    world.effects().delete(world.deletion(Kind.COMPONENT, "Lone"))


def take_comp_off(world: "World") -> None:
    world.effects().disassociate(world.disassociation("Comp", "tri"))


def put_comp_back(world: "World") -> None:
    step = world.disassociation("Comp", "tri")
    world.effects().associate(
        Reassociation(step.planned.identity, "tri", step.archive, step.intent)
    )


SENDS = [
    pytest.param(delete_lone, "DeleteTrialComponent", id="delete"),
    pytest.param(take_comp_off, "DisassociateTrialComponent", id="disassociate"),
    pytest.param(put_comp_back, "AssociateTrialComponent", id="associate"),
]


def test_an_unassigned_component_is_deleted(tree: "World") -> None:
    delete_lone(tree)
    with pytest.raises(Absent):
        tree.looks.describe(Kind.COMPONENT, "Lone")


def test_a_tree_is_taken_apart_from_the_bottom(tree: "World") -> None:
    """Edge, component, trial, experiment: AWS accepts each in this order."""
    effects = tree.effects()
    effects.disassociate(tree.disassociation("Comp", "tri"))
    effects.delete(tree.deletion(Kind.COMPONENT, "Comp"))
    effects.delete(tree.deletion(Kind.TRIAL, "Tri"))
    effects.delete(tree.deletion(Kind.EXPERIMENT, "Exp"))
    assert set(tree.survey().experiments) == set()


def test_an_edge_is_put_back(tree: "World") -> None:
    step = tree.disassociation("Comp", "tri")
    tree.effects().disassociate(step)
    assert tree.looks.trials_of("Comp") == ()
    back = Reassociation(step.planned.identity, "tri", step.archive, step.intent)
    tree.effects().associate(back)
    assert tree.looks.trials_of("Comp") == ("tri",)


@pytest.mark.parametrize(("send", "operation"), SENDS)
@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("throttle", EffectThrottled),
        ("deny", EffectRefused),
        ("not_found", Absent),
        ("error_500", EffectUnclear),
        ("error_500_after", EffectUnclear),
        ("drop_before", EffectUnclear),
        ("drop_after", EffectUnclear),
        ("truncate", EffectUnclear),
    ],
)
def test_whatever_goes_wrong_it_is_sent_once(
    tree: "World", send: Send, operation: str, action: str, kind: type[SageWardenError]
) -> None:
    tree.fault(action, operation)
    with pytest.raises(kind) as caught:
        send(tree)
    assert type(caught.value) is kind
    assert tree.sent(operation) == [operation]


def test_a_linked_component_is_told_from_other_refusals(tree: "World") -> None:
    step = tree.deletion(Kind.COMPONENT, "Comp")
    with pytest.raises(StillLinked):
        tree.effects().delete(step)


@pytest.mark.parametrize(("kind", "name"), [(Kind.TRIAL, "Tri"), (Kind.EXPERIMENT, "Exp")], ids=str)
def test_a_parent_with_children_is_refused(tree: "World", kind: Kind, name: str) -> None:
    step = tree.deletion(kind, name)
    with pytest.raises(EffectRefused) as caught:
        tree.effects().delete(step)
    assert caught.value.code == "ValidationException"


@pytest.mark.parametrize("error", [LeaseHeld("lost"), RuntimeError("defect"), OSError("disk")])
def test_what_the_guard_raises_comes_out_as_it_is(tree: "World", error: Exception) -> None:
    """It must not be taken for a write that may have been applied."""

    def guard() -> None:
        raise error

    step = tree.deletion(Kind.COMPONENT, "Lone")
    with pytest.raises(type(error)) as caught:
        tree.effects(guard).delete(step)
    assert caught.value is error
    assert tree.sent("DeleteTrialComponent") == []


def test_the_guard_runs_once_for_each_write(tree: "World") -> None:
    calls: list[int] = []
    effects = tree.effects(lambda: calls.append(1))
    effects.disassociate(tree.disassociation("Comp", "tri"))
    effects.delete(tree.deletion(Kind.COMPONENT, "Comp"))
    assert calls == [1, 1]


def test_guards_of_two_writers_do_not_meet(tree: "World") -> None:
    """Each has a client of its own, and reads have no guard at all."""
    calls: list[str] = []
    tree.effects(lambda: calls.append("first"))
    tree.effects(lambda: calls.append("second")).delete(tree.deletion(Kind.COMPONENT, "Lone"))
    assert calls == ["second"]


def test_waiting_for_a_turn_sends_nothing(tree: "World") -> None:
    effects = tree.effects()
    effects.turn(Effect.DELETE, Kind.TRIAL)
    effects.turn(Effect.DISASSOCIATE, Kind.COMPONENT)
    assert tree.sent() == []


def test_writes_are_counted_by_result(tree: "World") -> None:
    tree.fault("throttle", "DeleteTrialComponent")
    with pytest.raises(EffectThrottled):
        delete_lone(tree)
    assert tree.counter.by_result()["DeleteTrialComponent", "throttled"] == 1


@pytest.mark.parametrize(
    ("action", "accepted", "throttled", "result"),
    [
        (None, 1, 0, "ok"),
        ("throttle", 0, 1, "throttled"),
        ("error_500", 1, 0, "server"),
        ("deny", 1, 0, "denied"),
        ("drop_before", 0, 0, "unreachable"),
    ],
)
def test_the_rate_learns_from_each_write_what_became_of_it(
    tree: "World", action: str | None, accepted: int, throttled: int, result: str
) -> None:
    """Whatever AWS answers but a throttle, it took the call; no answer says nothing."""
    limiters, counter = Limiters(lambda: 0.0, tree.stop, tree.pace), CallCounter()
    step = tree.deletion(Kind.COMPONENT, "Lone")
    if action is not None:
        tree.fault(action, "DeleteTrialComponent")
    with suppress(SageWardenError):
        SageMakerEffects(tree.session, limiters, counter, lambda: None).delete(step)
    limiter = limiters.of("DeleteTrialComponent")
    assert (limiter._rate._accepted, limiter.rate < tree.pace.start) == (accepted, throttled)
    assert counter.by_result() == {("DeleteTrialComponent", result): 1}


def test_the_guard_runs_when_the_request_is_made_and_signed(tree: "World") -> None:
    """It is the last hook: whoever sleeps while a request is made is found out."""
    order: list[str] = []
    effects = tree.effects(lambda: order.append("guard"))
    events = effects._sender._client.meta.events
    for event in ("before-call", "request-created"):
        events.register_first(f"{event}.sagemaker", lambda event=event, **_: order.append(event))
        events.register_last(f"{event}.sagemaker", lambda event=event, **_: order.append(event))
    effects.delete(tree.deletion(Kind.COMPONENT, "Lone"))
    assert order == ["before-call"] * 2 + ["request-created"] * 2 + ["guard"]


def test_of_several_edges_the_one_that_was_asked_for_is_cut(tree: "World") -> None:
    tree.trial("Upper", "Exp")
    tree.make("AssociateTrialComponent", TrialComponentName="Comp", TrialName="Upper")
    tree.effects().disassociate(tree.disassociation("Comp", "tri"))
    assert tree.looks.trials_of("Comp") == ("upper",)


def slots(tree: "World", act: Callable[[SageMakerEffects], None]) -> set[str]:
    """The operations whose next call would have to wait, on a clock that stands still."""
    limiters = Limiters(lambda: 0.0, tree.stop, tree.pace)
    act(SageMakerEffects(tree.session, limiters, tree.counter, lambda: None))
    return {name for name, each in limiters._limiters.items() if each._next_slot > 0}


TURNS = [
    (Effect.DELETE, Kind.COMPONENT, "DeleteTrialComponent"),
    (Effect.DELETE, Kind.TRIAL, "DeleteTrial"),
    (Effect.DELETE, Kind.EXPERIMENT, "DeleteExperiment"),
    (Effect.DISASSOCIATE, Kind.COMPONENT, "DisassociateTrialComponent"),
]


@pytest.mark.parametrize(("effect", "kind", "operation"), TURNS)
def test_a_turn_is_one_of_its_own_operation(
    tree: "World", effect: Effect, kind: Kind, operation: str
) -> None:
    assert slots(tree, lambda effects: effects.turn(effect, kind)) == {operation}


def test_an_edge_is_put_back_at_its_turn(tree: "World") -> None:
    step = tree.disassociation("Comp", "tri")
    back = Reassociation(step.planned.identity, "tri", step.archive, step.intent)
    assert slots(tree, lambda effects: effects.associate(back)) == {"AssociateTrialComponent"}
