"""`archive erase` as somebody types it: a plan, its digest, then exactly that."""

import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from tests.cli.user import User

TOOL = Path(__file__).parents[2] / "deploy" / "verify_chain.py"


@pytest.fixture
def swept(due: User) -> User:
    """Two trees are gone, and lie in the archive."""
    assert due("sweep").code == 0
    return due


def archived(user: User) -> bytes:
    """All that archives and indexes hold."""
    files = [each for each in (user.folder / "vault").rglob("*.zst") if each.is_file()]
    return b"".join(zstandard.ZstdDecompressor().decompress(each.read_bytes()) for each in files)


def test_a_plan_says_what_goes_and_a_digest_lets_exactly_that_go(swept: User) -> None:
    """The archive and its index know the name no more; both verifiers are content."""
    before = swept.vault()
    planned = swept("archive", "erase", "one-a", "--json").answer["plan"]
    named = [who for each in planned["objects"] for who in each["entities"]]
    assert (named, swept.vault()) == (["trial-component one-a"], before)
    assert "Would erase 1 entities" in swept("archive", "erase", "ONE-A").words

    ran = swept("archive", "erase", "one-a", "-r", "case 7", "--confirm", planned["digest"][:12])
    assert ran.code == 0, ran
    assert "Erased: 1 entities" in ran.words
    assert "No copy of an erased object is left." in ran.words
    assert b"one-a" not in archived(swept)
    assert swept("archive", "show", "one-a").code == 2
    assert swept("archive", "show", "two-a").code == 0
    verified = swept("verify")
    assert (verified.code, "were erased at a person's request" in verified.words) == (0, True)
    folder = swept.folder / "vault" / "v1" / "123456789012" / "us-east-1"
    told = subprocess.run(
        [sys.executable, TOOL, folder], capture_output=True, text=True, check=False
    )
    assert (told.returncode, "have expired or were erased" in told.stdout) == (0, True)
    assert swept("restore", "old-one").code == 0
    assert swept("archive", "erase").words == "No copy of an erased object is left."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["one-a", "--confirm", "0" * 12, "-r", "x"], "is not the plan of today"),
        (["one-a", "--confirm", "", "-r", "x"], "is not the plan of today"),
    ],
)
def test_another_plan_erases_nothing(swept: User, words: list[str], told: str) -> None:
    before = swept.vault()
    ran = swept("archive", "erase", *words)
    assert (ran.code, told in ran.words, swept.vault()) == (2, True, before)


def test_a_reason_is_asked_for(swept: User) -> None:
    digest = swept("archive", "erase", "one-a", "--json").answer["plan"]["digest"]
    ran = swept("archive", "erase", "one-a", "--confirm", digest)
    assert (ran.code, "needs a --reason" in ran.words) == (2, True)
