"""`archive list`, `show` and `get`, as somebody types them."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard
from tests.cli.user import User

from sagewarden.adapters.vault.schema import archive_schema


@pytest.fixture
def swept(due: User) -> User:
    """One tree is gone; the other was changed in the last moment, and stays."""
    due.makes("UpdateTrialComponent", TrialComponentName="two-a", DisplayName="Two")
    assert due("sweep").code == 0
    due.box.admin.clear_calls()
    return due


def require_tools() -> None:
    """Without zstd or jq skip the test, or fail it where CI runs."""
    missing = [name for name in ("zstd", "jq") if shutil.which(name) is None]
    if missing:
        told = f"not here: {', '.join(missing)}; install the packages of these names"
        if os.environ.get("CI") == "true":  # noqa: TID251 -- tests have no settings to read
            pytest.fail(told)
        pytest.skip(told)


def listed(user: User, *words: str) -> list[str]:
    answer: list[dict[str, Any]] = user("archive", "list", "--json", *words).answer
    return sorted(f"{each['kind']} {each['name']}" for each in answer)


ONE = ["experiment old-one", "trial old-one-trial", "trial-component one-a"]


def test_the_list_shows_what_was_deleted(swept: User) -> None:
    """In words, newest first; AWS is not asked."""
    ran = swept("archive", "list")
    assert ran.code == 0
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d +experiment +old-one +old-trees", ran.out)
    assert swept.calls() == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["OLD-ONE*"], ONE[:2]),
        (["one-?"], ONE[2:]),
        (["--kind", "trial"], ["trial old-one-trial"]),
        (["--policy", "old-trees"], ONE),
        (["--policy", "other"], []),
        (["--since", "2000-01-01"], ONE),
        (["--since", "2999-01-01"], []),
        (["--until", "2000-01-01"], []),
        (["--owner", "nobody"], []),
    ],
)
def test_the_list_is_narrowed(swept: User, words: list[str], names: list[str]) -> None:
    assert listed(swept, *words) == names


def test_the_list_is_cut_for_people_only(swept: User) -> None:
    assert (
        "… and 2 more: --limit shows more, --json all" in swept("archive", "list", "--limit=1").out
    )
    assert len(listed(swept, "--limit=1")) == len(ONE)


def test_show_tells_all_that_was_archived(swept: User) -> None:
    words = swept("archive", "show", "One-A").words
    for told in (
        "trial-component one-a",
        "policy old-trees",
        "parents: old-one-trial",
        "CreationTime",
    ):
        assert told in words


def test_show_gives_programs_the_whole_record(swept: User) -> None:
    answer = swept("archive", "show", "one-a", "--json").answer
    assert (answer["described"]["TrialComponentName"], answer["parents"]) == (
        "one-a",
        ["old-one-trial"],
    )
    assert answer["deletion"]["policy"] == "old-trees"


def test_get_writes_the_object_as_it_lies_in_the_vault(swept: User) -> None:
    """It can be read without SageWarden."""
    ran = swept("archive", "get", "one-a", "--output", "one.zst")
    assert ran.code == 0
    body = Path(swept.folder, "one.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().decompress(body).splitlines()
    assert "one-a" in {json.loads(line)["name"] for line in lines[1:]}


def test_the_readme_s_commands_read_an_archive(swept: User) -> None:
    """With zstd and jq, as anybody can."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    require_tools()
    get, pipe = readme.partition("<!-- archive -->\n```sh\n")[2].splitlines()[:2]
    assert swept(*shlex.split(get)[1:]).code == 0
    ran = subprocess.run(
        ["sh", "-c", pipe], cwd=swept.folder, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split("\t")[:2] == ["trial-component", "one-a"]


DEPLOY = Path(__file__).parents[2] / "deploy"


def test_duckdb_reads_all_archives_at_once(swept: User) -> None:
    """By the query that is written down."""
    page = (DEPLOY / "ARCHIVE.md").read_text("utf-8")
    query = page.partition("<!-- duckdb -->\n```sql\n")[2].partition("```")[0]
    place = f"{swept.folder}/vault/"
    rows = duckdb.execute(query.replace("vault/", place, 1)).fetchall()
    assert sorted(f"{kind} {name}" for kind, name, *_ in rows) == ONE
    assert all(created for _, _, created, _ in rows)


def test_athenas_table_has_the_columns_of_an_archives_lines() -> None:
    """All of them, by the schema's names."""
    table = (DEPLOY / "athena.sql").read_text("utf-8").partition("(\n")[2].partition("\n)")[0]
    schema = archive_schema()["oneOf"][1]
    assert [line.split()[0] for line in table.splitlines()] == list(schema["properties"])


def test_get_writes_over_nothing(swept: User) -> None:
    Path(swept.folder, "one.zst").write_text("mine", "utf-8")
    ran = swept("archive", "get", "one-a", "--output", "one.zst")
    assert (ran.code, Path(swept.folder, "one.zst").read_text("utf-8")) == (2, "mine")


def test_get_refuses_an_object_that_is_not_as_it_was_written(swept: User) -> None:
    for path in Path(swept.folder, "vault", "v1").rglob("*.jsonl.zst"):
        path.write_bytes(b"not what was written")
    ran = swept("archive", "get", "one-a", "--output", "one.zst")
    assert (ran.code, Path(swept.folder, "one.zst").exists()) == (5, False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "live"], "no entity called 'live' was deleted"),
        (["list", "--since", "yesterday"], "--since yesterday is not a date"),
        (["get", "one-a", "--output", "no/such/folder"], "no/such/folder cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(swept: User, words: list[str], told: str) -> None:
    ran = swept("archive", *words)
    assert (ran.code, told in ran.words) == (2, True)
