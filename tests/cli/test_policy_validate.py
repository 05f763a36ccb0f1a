"""`policy validate`: what is probably not meant is a warning, and with --strict an error."""

from pathlib import Path

import pytest
from tests.cli.user import POLICIES, User

from sagewarden.cli.options import Where

GALLERY = Path(__file__).parents[2] / "policies" / "gallery"
USUAL = {"min_grace": "7d"}
SOUND = POLICIES.replace("grace: 1s", "grace: 7d") + "protect: [{tags: {legal-hold: present}}]\n"
DOUBTFUL = SOUND.replace("idle: 30d", "idle: 30d, not: {age: 10d}")
TOLD = (
    "policies/all.yaml:3:5: {} [matches-nothing] old-trees: nothing can match it: idle 30d and not "
    "age 10d never hold together"
)


def test_settings_count_as_soon_as_anything_sets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable in any case, a file of the usual name, or one that is named."""
    monkeypatch.chdir(tmp_path)
    assert Where().sets_nothing()
    assert not Where(config=Path("other.yaml")).sets_nothing()
    assert not Where(secrets=tmp_path).sets_nothing()
    monkeypatch.setenv("sagewarden_limits__min_grace", "30d")
    assert not Where().sets_nothing()
    monkeypatch.delenv("sagewarden_limits__min_grace")
    Path("sagewarden.yaml").touch()
    assert not Where().sets_nothing()


def test_sound_policies_end_with_code_0_strictly_too(user: User) -> None:
    user.settles(limits=USUAL)
    user.governs(SOUND)
    for words in ((), ("--strict",)):
        ran = user("policy", "validate", *words)
        assert (ran.code, "warning" in ran.out) == (0, False)


def test_a_doubtful_policy_is_a_warning_with_its_place(user: User) -> None:
    user.settles(limits=USUAL)
    user.governs(DOUBTFUL)
    ran = user("policy", "validate")
    assert ran.code == 0
    assert TOLD.format("warning") in ran.out.splitlines()
    assert "1 policy and 1 protection in 1 file are sound" in ran.words


def test_strictly_a_doubtful_policy_ends_with_code_2(user: User) -> None:
    user.settles(limits=USUAL)
    user.governs(DOUBTFUL)
    ran = user("policy", "validate", "--strict")
    assert (ran.code, TOLD.format("error") in ran.words) == (2, True)


def test_a_program_gets_each_warning_with_its_place(user: User) -> None:
    user.settles(limits=USUAL)
    user.governs(DOUBTFUL)
    ran = user("policy", "validate", "--strict", "--json")
    (warning,) = ran.answer["warnings"]
    assert (ran.code, warning["about"]) == (2, "matches-nothing")
    assert (warning["file"], warning["line"], warning["column"]) == ("policies/all.yaml", 3, 5)


def test_an_operator_whom_no_setting_names_is_warned_of(user: User) -> None:
    user.settles(limits=USUAL)
    user.governs(SOUND.replace("grace: 7d", "grace: 7d\n    notify: [operator]"))
    told = user("policy", "validate", "--json").answer["warnings"]
    assert {each["about"] for each in told} == {"notify"}


def test_the_floor_of_the_settings_counts(user: User) -> None:
    user.governs(SOUND)
    user.settles(limits={"min_grace": "30d"})
    told = user("policy", "validate", "--json").answer["warnings"]
    assert [each["about"] for each in told] == ["grace"]


@pytest.mark.parametrize("path", sorted(GALLERY.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_policy_of_the_gallery_is_strictly_sound(newcomer: User, path: Path) -> None:
    ran = newcomer("policy", "validate", "--strict", str(path))
    assert ran.code == 0, ran.out
