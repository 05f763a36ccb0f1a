"""The language reference and the gallery say what is so."""

import re
import shutil
from pathlib import Path

import pytest

from sagewarden.adapters.policyfiles import PoliciesRefused, load_policies
from sagewarden.adapters.policyfiles.fixtures import load_fixtures
from sagewarden.core.rehearsal import rehearse
from sagewarden.settings import LimitsSettings

POLICIES = Path(__file__).parents[2] / "policies"
REFERENCE = (POLICIES / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", REFERENCE, re.DOTALL | re.MULTILINE)
REFUSED = re.findall(
    r"^```yaml refused\n(.*?)^```$\n\n^```text\n(.*?)^```$", REFERENCE, re.DOTALL | re.MULTILINE
)
FIXTURES = re.findall(r"^```yaml fixture\n(.*?)^```$", REFERENCE, re.DOTALL | re.MULTILINE)
GALLERY = sorted((POLICIES / "gallery").glob("*.yaml"))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_reference_loads(example: str, tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(example)
    assert load_policies(tmp_path).policies


@pytest.mark.parametrize("example", FIXTURES)
def test_every_fixture_of_the_reference_is_decided_as_it_says(example: str, tmp_path: Path) -> None:
    """Beside the gallery, whose policies it may name."""
    for path in GALLERY:
        shutil.copy(path, tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "example.yaml").write_text(example)
    (fixture,) = load_fixtures(tmp_path)
    done = rehearse(fixture, load_policies(Path(fixture.policies)), LimitsSettings().mark_rules)
    assert [answer for answer in done.answers if not answer.met] == []
    assert done.met


@pytest.mark.parametrize(("example", "message"), REFUSED)
def test_a_refused_example_has_the_message_below_it(
    example: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "stale.yaml").write_text(example)
    with pytest.raises(PoliciesRefused) as refused:
        load_policies(Path("policies"))
    assert f"{refused.value}\n" == message


def test_the_reference_has_examples_of_both_kinds() -> None:
    assert (len(EXAMPLES), len(REFUSED)) == (REFERENCE.count("```yaml\n"), 1)


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_every_policy_of_the_gallery_loads_by_itself(path: Path) -> None:
    assert load_policies(path).policies


def test_the_gallery_loads_as_a_whole() -> None:
    assert len(load_policies(POLICIES / "gallery").files) == len(GALLERY)


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_every_policy_of_the_gallery_says_what_it_is_for(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_every_policy_of_the_gallery_names_its_schema_and_has_a_fixture(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema.json"
    assert (path.parent / "tests" / path.name).is_file()


def test_the_gallery_has_what_teams_ask_for_most() -> None:
    assert len(GALLERY) >= 8
