"""`policy test`: fixtures as a user writes and runs them; nothing is asked of AWS."""

from pathlib import Path

import pytest
from tests.cli.user import User

GALLERY = Path(__file__).parents[2] / "policies" / "gallery"

FIXTURE = """\
version: 1
now: "2026-03-01T12:00:00Z"
account:
  experiments:
    - {name: old-tree, idle: 60d}
    - {name: old-but-used, idle: 6d}
expect:
  - {experiment: old-tree, verdict: mark, because: idle 60d of 30d}
  - {experiment: old-but-used, verdict: unmatched}
"""

DIFFERENCE = """\
FAIL  policies/tests/old.yaml  1 as expected, 1 not
  experiment old-tree  line 8
    - expected  delete
    + decided   mark
      reason    matched 1 of 2 times
      reason    name old-tree
      reason    idle 60d of 30d
1 of 1 fixtures are decided otherwise than expected.
"""


@pytest.fixture
def author(user: User) -> User:
    """Somebody whose policies have a fixture."""
    (user.folder / "policies" / "tests").mkdir()
    (user.folder / "policies" / "tests" / "old.yaml").write_text(FIXTURE)
    return user


def test_fixtures_that_are_decided_as_expected_end_with_code_0(author: User) -> None:
    ran = author("policy", "test", "policies")
    expected = (
        "ok policies/tests/old.yaml 2 as expected "
        "1 fixtures with 2 expectations are decided as expected."
    )
    assert (ran.code, ran.words) == (0, expected)


def test_another_verdict_ends_with_code_3_and_shows_the_difference(author: User) -> None:
    changed = FIXTURE.replace("verdict: mark", "verdict: delete")
    (author.folder / "policies" / "tests" / "old.yaml").write_text(changed)
    ran = author("policy", "test", "policies")
    assert ran.code == 3
    assert ran.out == DIFFERENCE


def test_the_answer_to_a_program_holds_each_expectation(author: User) -> None:
    answer = author("policy", "test", "policies", "--json").answer
    assert (answer[0]["met"], answer[0]["answers"][0]["decided"]) == (True, "mark")


def test_a_fixture_that_is_not_understood_ends_with_code_2(author: User) -> None:
    (author.folder / "policies" / "tests" / "old.yaml").write_text("version: 1\n")
    ran = author("policy", "test", "policies")
    assert (ran.code, "problems in the fixtures" in ran.err) == (2, True)


def test_a_policy_that_is_refused_ends_with_code_2(author: User) -> None:
    author.governs("version: 1\n")
    assert author("policy", "test", "policies").code == 2


def test_testing_needs_no_settings_and_asks_nothing_of_aws(author: User) -> None:
    (author.folder / "sagewarden.yaml").unlink()
    assert (author("policy", "test", "policies").code, author.calls()) == (0, [])


def test_the_gallery_is_decided_as_its_fixtures_expect(author: User) -> None:
    ran = author("policy", "test", str(GALLERY))
    assert ran.code == 0, ran.out


TAGGED = """\
version: 1
policies:
  - name: tagged
    resource: experiment
    match: {name: "old-*"}
    require: {owner: present, env: {default: dev, rename: Env}}
    action: tag
"""

TAG_FIXTURE = """\
version: 1
now: "2026-03-01T12:00:00Z"
account:
  experiments:
    - {name: old-tree, tags: {Env: prod}}
expect:
  - experiment: old-tree
    repairs: {env: prod, Env: absent}
    reports: owner
    because: it is missing
"""

TAG_DIFFERENCE = """\
    - repairs   env: dev
    + would     Env: absent, env: prod
    - reports   none
    + would     owner
"""


def test_a_fixture_tells_which_tags_are_written_and_which_are_reported(author: User) -> None:
    author.governs(TAGGED)
    (author.folder / "policies" / "tests" / "old.yaml").write_text(TAG_FIXTURE)
    ran = author("policy", "test", "policies", "--json")
    (answer,) = ran.answer[0]["answers"]
    assert (ran.code, answer["repairs"]) == (0, {"Env": None, "env": "prod"})
    assert (answer["reports"], answer["expected"]) == (["owner"], None)


def test_other_tags_than_expected_are_shown_and_end_with_code_3(author: User) -> None:
    author.governs(TAGGED)
    wrong = TAG_FIXTURE.replace("{env: prod, Env: absent}", "{env: dev}")
    wrong = wrong.replace("reports: owner", "reports: none")
    (author.folder / "policies" / "tests" / "old.yaml").write_text(wrong)
    ran = author("policy", "test", "policies")
    assert (ran.code, TAG_DIFFERENCE in ran.out) == (3, True)


def test_an_expectation_without_any_question_is_refused(author: User) -> None:
    nothing = TAG_FIXTURE.partition("    repairs")[0]
    (author.folder / "policies" / "tests" / "old.yaml").write_text(nothing)
    ran = author("policy", "test", "policies")
    assert (ran.code, "no `verdict`" in ran.err) == (2, True)


def test_policies_without_fixtures_are_not_taken_for_some(user: User) -> None:
    ran = user("policy", "test", "policies")
    assert ran.code == 2
    assert "policies/all.yaml:1:1 found a policy file, not a fixture allowed `now`," in ran.words
