"""What somebody wants to hold or release: read from a name or an ARN, never guessed."""

import pytest
from tests.core.test_holds import hold
from tests.core.worlds import NOW, ago

from sagewarden.core.entities import Kind
from sagewarden.core.holds import Holdable, Holds, meant
from sagewarden.errors import UsageError

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:"
TARGET = "123456789012/eu-west-1"
READ = {
    "exp-1": Holdable("exp-1"),
    f"{ARN}experiment/exp-1": Holdable("exp-1", Kind.EXPERIMENT, TARGET),
    f"{ARN}experiment-trial/t": Holdable("t", Kind.TRIAL, TARGET),
    f"{ARN}experiment-trial-component/c": Holdable("c", Kind.COMPONENT, TARGET),
}


@pytest.mark.parametrize(("text", "wanted"), READ.items(), ids=READ)
def test_a_name_or_an_arn_is_read(text: str, wanted: Holdable) -> None:
    assert Holdable.read(text) == wanted


@pytest.mark.parametrize("text", ["e", f"{ARN}experiment/e"])
def test_a_kind_that_fits_is_taken(text: str) -> None:
    assert Holdable.read(text, Kind.EXPERIMENT).kind is Kind.EXPERIMENT


def test_an_arn_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"is not the ARN of: trial$"):
        Holdable.read(f"{ARN}experiment/e", Kind.TRIAL)


@pytest.mark.parametrize(
    "text",
    [
        "arn:",
        f"{ARN}training-job/e",
        f"{ARN}experiment-model/e",
        f"{ARN}experiment/e/f",
        "arn:aws:s3:::experiment/e",
    ],
)
def test_an_arn_of_anything_else_is_refused(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"is not the ARN of: experiment, trial or trial component$"
    ):
        Holdable.read(text)


@pytest.mark.parametrize("name", ["a", "A-1", "0" * 120])
def test_what_can_be_a_name_is_one(name: str) -> None:
    assert Holdable(name).name == name


@pytest.mark.parametrize("name", ["", "-a", "a b", "ä", "a\n", "0" * 121])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a name of an experiment, trial or trial"):
        Holdable(name)


def test_it_tells_its_kind_if_it_has_one() -> None:
    assert [str(Holdable("x")), str(Holdable("x", Kind.TRIAL))] == ["x", "trial x"]


ADA, EVA = hold("x"), hold("X", owner="eva")
TRIAL = hold("x", kind=Kind.TRIAL)


def test_a_single_hold_of_a_name_is_meant() -> None:
    known = Holds((ADA, hold("y"), hold("x", until=ago(1))))
    assert meant(known, Holdable("X"), None, NOW) == (ADA,)


def test_of_two_owners_one_must_be_named() -> None:
    known = Holds((ADA, EVA))
    assert meant(known, Holdable("x"), "eva", NOW) == (EVA,)
    with pytest.raises(UsageError, match="several holds are on x: of ada, eva") as caught:
        meant(known, Holdable("x"), None, NOW)
    assert "--owner" in caught.value.advice


def test_of_two_kinds_one_must_be_named() -> None:
    known = Holds((ADA, TRIAL))
    assert meant(known, Holdable("x", Kind.TRIAL), None, NOW) == (TRIAL,)
    with pytest.raises(UsageError, match="several holds are on x: of experiment, trial") as caught:
        meant(known, Holdable("x"), "ada", NOW)
    assert "--kind" in caught.value.advice


def test_all_holds_of_one_owner_on_a_name_are_meant() -> None:
    assert meant(Holds((ADA, ADA)), Holdable("x"), None, NOW) == (ADA, ADA)


@pytest.mark.parametrize(
    ("owner", "told"), [(None, "nothing holds x$"), ("eva", "nothing holds x for eva$")]
)
def test_what_nothing_holds_is_told(owner: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        meant(Holds((hold("y"), hold("x", until=ago(1)))), Holdable("x"), owner, NOW)
