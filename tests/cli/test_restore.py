"""`restore`, as somebody types it: one tree, a whole run, other names."""

import pytest
from tests.cli.user import User


@pytest.fixture
def swept(due: User) -> User:
    """All that was due is gone, by one run."""
    assert due("sweep").code == 0
    return due


def run_of(user: User) -> str:
    return str(user("archive", "list", "--json").answer[0]["run"])


def test_a_whole_run_comes_back_under_other_names(swept: User) -> None:
    """First the plan is shown, and nothing is created; a second call finds all there."""
    words = ("restore", "--run", run_of(swept), "--rename", "old-*=back-*", "--remember")
    gone = swept.account()
    shown = swept(*words, "--plan")
    assert (shown.code, swept.account()) == (0, gone)
    assert "old-one as back-one" in shown.words
    assert "A plan: nothing was created. 6 entities to create." in shown.words
    assert "experiments and trials remember nothing" in shown.words

    ran = swept(*words, "--json")

    assert (ran.code, {each["fate"] for each in ran.answer["restored"]}) == (0, {"done"})
    assert {"back-one", "back-two"} <= set(swept.account()["experiments"])
    again = swept(*words, "--json")
    assert {each["fate"] for each in again.answer["restored"]} == {"already there"}


def test_what_came_back_rests_and_the_plan_says_until_when(swept: User) -> None:
    """The policy matches it, old as its name says it is, and it is not even marked."""
    policies = (swept.folder / "policies" / "all.yaml").read_text()
    assert swept("restore", "old-one").code == 0
    swept.governs(policies.replace(", idle: 30d", ""))
    told = swept("explain", "old-one", "--kind", "experiment").words
    assert "was restored on" in told
    assert "its rest after a restore ends, and nothing else keeps it" in told
    assert swept("sweep").code == 0
    assert "old-one" in swept.account()["experiments"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "restore needs a name, or a run of which everything comes back"),
        (("--run", "2099", "--kind", "trial"), "restore needs a name"),
        (("--run", "2099"), "no run '2099' deleted anything"),
        (("old-one", "--rename", "a"), "--rename 'a' is not OLD=NEW"),
        (("old-one", "--rename", "a=b"), "nothing that comes back is called a"),
    ],
)
def test_what_cannot_be_done_as_asked_is_told(
    swept: User, words: tuple[str, ...], told: str
) -> None:
    ran = swept("restore", *words)
    assert (ran.code, told in ran.words) == (2, True)
