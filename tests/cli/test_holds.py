"""`hold add`, `list` and `release`, as somebody types them."""

import pytest
from tests.cli.user import User

ARN = "arn:aws:sagemaker:us-east-1:123456789012:experiment/old-one"
WHY = ("--owner", "ana@example.com", "--reason", "paper under review")
SWEPT = {"experiments": ["live", "old-one"]}


def held(user: User, *words: str) -> list[dict[str, object]]:
    """What `hold list` tells."""
    answer: list[dict[str, object]] = user("hold", "list", "--json", *words).answer
    return answer


@pytest.mark.parametrize("name", ["old-one", "OLD-ONE", ARN])
def test_what_is_held_survives_a_sweep(due: User, name: str) -> None:
    ran = due("hold", "add", name, *WHY)
    assert ran.code == 0
    assert (
        "experiment old-one of 123456789012/us-east-1 is held by ana@example.com: "
        "paper under review (until it is released)."
    ) in ran.words
    assert due("sweep").code == 0
    assert due.account()["experiments"] == SWEPT["experiments"]


def test_the_hold_is_told_by_plan_and_explain(due: User) -> None:
    due("hold", "add", "one-a", *WHY)
    (answer,) = due("plan", "--json").answer
    (row,) = [each for each in answer["report"]["judged"] if each["name"] == "old-one"]
    told = "held by ana@example.com: paper under review (until it is released)"
    assert (row["verdict"], row["against"]) == ("keep", [f"trial-component one-a: {told}"])
    assert told in due("explain", "one-a").words


def test_a_released_hold_is_on_record(due: User) -> None:
    due("hold", "add", "old-one", *WHY)
    ran = due("hold", "release", "Old-One", "--reason", "published")
    assert ran.code == 0
    assert "is not held for ana@example.com any more; released by arn:aws:" in ran.words
    (row,) = held(due)
    assert (row["state"], row["owner"]) == ("released", "ana@example.com")
    assert isinstance(row["release"], dict)
    assert row["release"]["reason"] == "published"
    assert "published" in due("hold", "list").words


def test_an_expired_hold_stays_listed_and_holds_nothing(due: User) -> None:
    due("hold", "add", "old-one", *WHY, "--for", "1h")
    due("hold", "add", "old-two", *WHY)
    due.box.admin.set_offset(3600.0)
    assert [(row["state"], row["name"]) for row in held(due)] == [
        ("in force", "old-two"),
        ("expired", "old-one"),
    ]
    assert [row["name"] for row in held(due, "--expired")] == ["old-one"]
    ran = due("hold", "release", "old-one", "--reason", "over")
    assert ran.code == 2
    assert "nothing holds old-one" in ran.words


def test_a_day_counts_to_its_end(due: User) -> None:
    ran = due("hold", "add", "old-one", *WHY, "--until", "2099-01-31", "--json")
    assert (ran.code, ran.answer["until"]) == (0, "2099-02-01T00:00:00.000Z")


def test_json_has_the_hold_with_its_state(due: User) -> None:
    answer = due("hold", "add", "old-one", *WHY, "--json").answer
    assert answer.keys() == {
        *("target", "state", "kind", "name", "owner", "reason"),
        *("by", "added", "until", "release"),
    }
    assert (answer["state"], answer["kind"]) == ("in force", "experiment")
    assert held(due) == [answer]


def test_a_hold_without_an_end_says_so(due: User) -> None:
    """Beside `in force`, the word `released` would say the opposite."""
    due("hold", "add", "old-one", *WHY)
    told = due("hold", "list").words
    assert ("no end" in told, "released" in told) == (True, False)


def test_a_list_of_nothing_says_so(user: User) -> None:
    assert user("hold", "list").words.startswith("Nothing was ever held by command.")
    assert user("hold", "list", "--expired").words == "No hold has expired."
    assert held(user) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nobody", *WHY), "is called nobody, so nothing was held do: Names are those"),
        (("nobody", *WHY), "add --force and --kind"),
        (("nobody", *WHY, "--force"), "--force cannot tell its kind, so nothing was held"),
        (("../etc", *WHY), "is not a name of an experiment"),
        (("arn:aws:s3:::bucket", *WHY), "is not the ARN of"),
        ((ARN, *WHY, "--kind", "trial"), "is not the ARN of: trial"),
        (("old-one", *WHY, "--for", "30"), "--for is `30`, which has no unit do: Write a whole"),
        (("old-one", *WHY, "--until", "soon"), "--until soon is not a date do: Write it as"),
        (("old-one", *WHY, "--until", "2020-01-01"), "would be over already"),
        (("old-one", *WHY, "--until", "2099-01-01", "--for", "1d"), "Give one of them."),
        (("old-one", "--owner", " ", "--reason", "x"), "the owner of a hold is empty"),
        (("old-one", "--owner", "ana"), "--reason"),
        ((ARN.replace("us-east-1", "eu-west-1"), *WHY), "there is no target called"),
        ((ARN.replace("us-east-1", "eu-west-1"), *WHY, "-t", "lab"), "Leave --target out"),
    ],
)
def test_what_cannot_be_held_is_refused(due: User, words: tuple[str, ...], told: str) -> None:
    before = due.vault()
    ran = due("hold", "add", *words)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.words
    assert due.vault() == before


def test_a_name_can_be_held_before_anything_has_it(due: User) -> None:
    """It binds the name: what is created under it later is held."""
    ran = due("hold", "add", "old-new", *WHY, "--kind", "experiment", "--force")
    assert ran.code == 0
    with due.ago(days=50):
        due.grows("old-new", "new-a")
    (answer,) = due("explain", "old-new", "--json").answer
    assert "held by ana@example.com" in str(answer["kept_by"])


def test_of_several_of_one_name_the_kind_is_asked_for(due: User) -> None:
    due.makes("CreateTrialComponent", TrialComponentName="old-one")
    ran = due("hold", "add", "old-one", *WHY)
    assert ran.code == 2
    assert "several are called old-one: trial-component, experiment do: Say which" in ran.words
    assert due("hold", "add", "old-one", *WHY, "--kind", "experiment").code == 0


def test_what_the_command_says_to_type_is_understood(due: User) -> None:
    """A kind is spelled as everywhere else."""
    told = due("hold", "add", "one-a", *WHY).words
    advised = "hold release one-a --kind trial-component --reason"
    assert f"`sagewarden {advised} WHY` ends it." in told
    assert due(*advised.split(), "published").code == 0


def test_of_several_owners_one_is_released_and_the_others_stay(due: User) -> None:
    due("hold", "add", "old-one", *WHY)
    due("hold", "add", "old-one", "--owner", "legal", "--reason", "case 7")
    ran = due("hold", "release", "old-one", "--reason", "published")
    assert ran.code == 2
    assert "Say which with --owner; the others stay in force." in ran.words
    words = ("--reason", "published", "--owner", "ana@example.com")
    assert due("hold", "release", "old-one", *words).code == 0
    assert [(row["state"], row["owner"]) for row in held(due)] == [
        ("in force", "legal"),
        ("released", "ana@example.com"),
    ]


def test_holds_that_cannot_be_read_are_an_integrity_error(due: User) -> None:
    due("hold", "add", "old-one", *WHY)
    (stored,) = [key for key in due.vault() if "/holds/" in key and "lock" not in key]
    path = due.folder / stored
    path.write_bytes(path.read_bytes()[:-20])
    for words in (("hold", "list"), ("plan",), ("sweep",), ("hold", "add", "live", *WHY)):
        ran = due(*words)
        assert ran.code == 5, words
        assert "version back" in ran.words or "damaged" in ran.words
    assert due.writes() == []


def test_hostile_text_in_a_hold_is_inert_on_a_terminal(due: User) -> None:
    due("hold", "add", "old-one", "--owner", "\x1b[31mana", "--reason", "a\nb\x07")
    ran = due("hold", "list")
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out
