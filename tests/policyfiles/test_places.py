"""Which files are read, and what is said of places that hold none."""

import os
import threading
from pathlib import Path

import pytest

from sagewarden.adapters.policyfiles import PoliciesRefused, Problem, load_policies
from sagewarden.core.canonical import sha256
from sagewarden.core.policy import PolicyFile

GOOD = """\
version: 1
policies:
  - {name: NAME, resource: experiment, match: {idle: 90d}, action: report}
"""


def policy(name: str) -> str:
    return GOOD.replace("NAME", name)


def problems(place: Path) -> tuple[Problem, ...]:
    with pytest.raises(PoliciesRefused) as refused:
        load_policies(place)
    return refused.value.problems


def found(place: Path) -> list[str]:
    return [problem.found for problem in problems(place)]


def test_a_directory_is_read_in_the_order_of_its_file_names(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(policy("b"))
    (tmp_path / "a.yml").write_text(policy("a"))
    assert [each.name for each in load_policies(tmp_path).policies] == ["a", "b"]


def test_an_ending_in_capitals_counts(tmp_path: Path) -> None:
    (tmp_path / "a.YAML").write_text(policy("a"))
    assert [each.name for each in load_policies(tmp_path).policies] == ["a"]


def test_hidden_files_other_endings_and_deeper_directories_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(policy("a"))
    (tmp_path / ".b.yaml").write_text("nonsense")
    (tmp_path / "c.yaml.bak").write_text("nonsense")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "d.yaml").write_text("nonsense")
    assert [each.name for each in load_policies(tmp_path).policies] == ["a"]


def test_a_file_may_take_the_place_of_the_directory(tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    path.write_text(policy("a"))
    assert [each.name for each in load_policies(path).policies] == ["a"]


def test_each_file_is_listed_with_the_hash_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(policy("a"))
    expected = (PolicyFile(str(path), sha256(policy("a").encode())),)
    assert expected == load_policies(tmp_path).files


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    """Kubernetes mounts a ConfigMap as links into a hidden directory."""
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "a.yaml").write_text(policy("a"))
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    assert [each.name for each in load_policies(tmp_path).policies] == ["a"]


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    assert found(tmp_path / "none") == ["nothing of that name"]


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    assert found(tmp_path) == ["a directory without policy files"]


def test_protections_without_any_policy_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("version: 1\nprotect: [{tags: {hold: present}}]\n")
    assert found(tmp_path) == ["no policy, only protections"]


def test_a_path_with_a_nul_character_is_refused() -> None:
    assert len(found(Path("a\0b"))) == 1


def test_a_directory_named_like_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    assert found(tmp_path) == ["something other than a file"]


def test_a_broken_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("gone.yaml")
    assert found(tmp_path) == ["something other than a file"]


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    waiting = threading.Thread(target=found, args=(tmp_path,), daemon=True)
    waiting.start()
    waiting.join(10)
    assert not waiting.is_alive()


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("a.yaml")
    assert len(found(tmp_path)) == 1


def test_a_file_that_fails_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Address 0 of a running program's memory cannot be read, not even by root."""
    (tmp_path / "a.yaml").symlink_to("/proc/self/mem")
    assert len(found(tmp_path)) == 1


def test_a_file_name_cannot_move_the_cursor_of_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J\n.yaml").write_text("")
    assert "a\\x1b[2J\\n.yaml:1:1" in str(problems(tmp_path)[0])


def test_one_bad_file_refuses_the_good_ones(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(policy("a"))
    (tmp_path / "b.yaml").write_text("{}")
    assert [str(tmp_path / "b.yaml")] == [each.file for each in problems(tmp_path)]


def test_every_bad_file_has_its_say(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("{}")
    (tmp_path / "b.yaml").write_text("[")
    assert {"a.yaml", "b.yaml"} == {Path(each.file).name for each in problems(tmp_path)}


def test_the_refusal_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PoliciesRefused) as refused:
        load_policies(tmp_path)
    assert "no policy is in force" in refused.value.advice


def test_the_exit_code_is_that_of_bad_usage() -> None:
    assert PoliciesRefused.exit_code == 2


def test_a_path_that_the_system_cannot_look_up_is_refused() -> None:
    assert len(found(Path("a" * 5_000))) == 1
