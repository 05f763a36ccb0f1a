"""Two ARNs are two persons only when both are known and differ."""

import pytest

from sagewarden.core.identities import principal, same_person

ROLE = "arn:aws:sts::123456789012:assumed-role/Ops"
ADA = "arn:aws:iam::123456789012:user/ada"
FEDERATED = "arn:aws:sts::123456789012:federated-user/bob"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADA, ADA),
        (f"{ROLE}/ada", f"{ROLE}/bob"),
        (f"{ROLE}/ada", f"{ROLE.replace('Ops', 'oPS')}/bob"),
        (ADA, ADA.replace("ada", "Ada")),
        (FEDERATED, ADA),
        (FEDERATED, FEDERATED.replace("bob", "eve")),
        ("", ADA),
    ],
    ids=[
        "the same",
        "sessions of one role",
        "a role in another case",
        "a user in another case",
        "a federated user",
        "two federated users",
        "nobody known",
    ],
)
def test_one_person_may_stand_behind_both(one: str, other: str) -> None:
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    "other",
    [
        "arn:aws:iam::123456789012:user/bob",
        f"{ROLE}/ada",
        "arn:aws:iam::123456789012:root",
        "arn:aws-cn:sts::123456789012:assumed-role/Audit/ada",
    ],
)
def test_users_and_roles_differ(other: str) -> None:
    assert not same_person(ADA, other)


def test_session_names_tell_persons_apart_where_nobody_chooses_their_own() -> None:
    assert not same_person(f"{ROLE}/ada", f"{ROLE}/bob", sessions_tell=True)


def test_a_federated_user_is_anybody_all_the_same() -> None:
    assert same_person(FEDERATED, ADA, sessions_tell=True)


@pytest.mark.parametrize("name", ["sagewarden", "sagewarden-r1-here", "SageWarden-r2-there"])
def test_a_session_that_we_named_is_nobody_of_their_own(name: str) -> None:
    """It holds a run and a host: one person has as many of them as they like."""
    assert same_person(f"{ROLE}/{name}", f"{ROLE}/sagewarden-r3-x", sessions_tell=True)


@pytest.mark.parametrize(
    ("arn", "whom"),
    [(f"{ROLE}/ada", ROLE.lower()), (ADA, ADA), (FEDERATED, ""), ("", "")],
)
def test_an_arn_stands_for_a_role_or_a_user_or_nobody(arn: str, whom: str) -> None:
    """Sessions tell nobody apart unless somebody says so."""
    assert principal(arn) == whom


def test_a_session_stands_for_itself_where_it_tells() -> None:
    assert principal(f"{ROLE}/Ada", sessions_tell=True) == f"{ROLE}/Ada".lower()
