"""`archive erase` as somebody types it: a plan, its digest, then exactly that."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from tests.cli.user import User

from sagewarden.application.erasing import Remaining
from sagewarden.application.ports.erasing import Copy
from sagewarden.cli.erasing import _told

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


NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("copy", "told"),
    [
        (Copy(key="k"), "there"),
        (Copy(key="k", version="v", locked=NOW), "not locked"),
        (Copy(key="k", version="v", unknown="403"), "nobody tells until when it is locked: 403"),
        (
            Copy(key="k", version="v", locked=NOW + timedelta(days=1), mode="COMPLIANCE"),
            "locked until 2026-11-26T00:00:00.000Z: nobody can delete it before",
        ),
        (
            Copy(key="k", version="v", locked=NOW + timedelta(days=1), mode="GOVERNANCE"),
            "before only with s3:BypassGovernanceRetention",
        ),
    ],
)
def test_a_copy_is_told_with_its_lock_and_why_it_was_not_removed(copy: Copy, told: str) -> None:
    assert told in _told(Remaining(copy), NOW)
    assert _told(Remaining(copy, "denied"), NOW) == f"{_told(Remaining(copy), NOW)}; denied"
