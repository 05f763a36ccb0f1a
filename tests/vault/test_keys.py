"""Where things lie, and that no name can move them."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sagewarden.core import keys
from sagewarden.core.entities import Target
from sagewarden.core.keys import Family, encoded
from sagewarden.errors import VaultError

TARGET = Target("123456789012", "eu-west-1")
HOME = "v1/123456789012/eu-west-1"
names = st.text(st.characters(exclude_categories=()), max_size=200)


def test_the_table_of_keys() -> None:
    """Each family's keys are those that the module's table shows."""
    expected = [
        "lease/current",
        "pause/current",
        "holds/current",
        "marks/current",
        "marks/snapshots/run7-ab12",
        "writes/current",
        "baseline/current",
        "baseline/accepted/001767225600000-ab12",
        "plans/ab12",
        "planned/2026-03-01t12=3a00-ab12",
        "approvals/ab12/00000002-spent",
        "journal/run7/00000003-intent",
        "archive/run7/experiment=2fdev/00000004-ab12.jsonl.zst",
        "notices/n1/text",
        "notices/n1/accepted-slack",
        "reports/run7/report.json",
        "chain/000000000005",
    ]

    built = [
        keys.lease_key(TARGET),
        keys.pause_key(TARGET),
        keys.holds_key(TARGET),
        keys.marks_key(TARGET),
        keys.snapshot_key(TARGET, "run7", "ab12"),
        keys.writes_key(TARGET),
        keys.baseline_key(TARGET),
        keys.accepted_key(TARGET, 1_767_225_600_000, "ab12"),
        keys.plan_key(TARGET, "ab12"),
        keys.planned_key(TARGET, "2026-03-01T12:00", "ab12"),
        keys.approval_key(TARGET, "ab12", 2, "spent"),
        keys.journal_key(TARGET, "run7", 3, "intent"),
        keys.archive_key(TARGET, "run7", "experiment/dev", 4, "ab12"),
        keys.notice_key(TARGET, "n1"),
        keys.acceptance_key(TARGET, "n1", "Slack"),
        keys.report_key(TARGET, "run7", "report.json"),
        keys.chain_key(TARGET, 5),
    ]

    assert built == [f"{HOME}/{each}" for each in expected]


def test_the_pause_switch_of_everything() -> None:
    """Without a target, the pause switch is the whole vault's."""
    assert keys.pause_key(None) == "v1/pause/current"


def test_the_docstring_names_each_function() -> None:
    """The table of keys lists every function that builds one."""
    functions = [name for name in vars(keys) if name.endswith("_key") and not name.startswith("_")]

    assert [name for name in functions if f"`{name}`" not in (keys.__doc__ or "")] == ["is_key"]


@given(names, names, names)
@example("..", "../../lease", "/")
@example("", ".", "\0")
@example("\ud800", "\u202e", "a" * 200)
def test_no_name_leaves_its_prefix(run: str, unit: str, sha256: str) -> None:
    """A2: whatever the names are, an archive lies in its run's folder, under a sound key."""
    key = keys.archive_key(TARGET, run, unit, 1, sha256)

    assert keys.checked(key).startswith(keys.prefix(TARGET, Family.ARCHIVE, run, unit))
    assert key.count("/") == 6


@given(names, names)
@example("a/b", "a=2fb")
@example("\ud83d\ude00", "\U0001f600")
@example("ß", "ss")
@example("x" * 121, "x" * 122)
@example("é" * 100, "é" * 40)
@example("", "=")
def test_different_names_have_different_spellings(one: str, other: str) -> None:
    """A2: only names that differ in case alone share a spelling."""
    assume(one.lower() != other.lower())

    assert encoded(one) != encoded(other)


@given(names)
def test_spellings_fit_any_file_system(name: str) -> None:
    """A spelling is one segment of at most 186 lower case letters, never `.` or `..`."""
    spelled = encoded(name)

    assert keys.is_key(spelled)
    assert spelled == spelled.lower()
    assert len(spelled) <= 186
    assert "/" not in spelled


def test_names_at_aws_stay_legible() -> None:
    """A name of 120 letters, AWS's longest, is its own spelling."""
    assert encoded("A-b" * 40) == "a-b" * 40


def test_case_does_not_count() -> None:
    """Names are case-insensitive at AWS, so they are in keys."""
    assert encoded("Dev-Run") == encoded("dev-RUN")


def test_long_names_keep_their_start() -> None:
    """A cut name still shows whose it is, and is cut between letters."""
    assert encoded("ä" * 100).startswith("=c3=a4=c3=a4")
    assert encoded("a" * 130).startswith("a" * 40 + "=-")


@pytest.mark.parametrize("number", [-1, 10**8])
def test_numbers_keep_their_order(number: int) -> None:
    """A number that would sort wrongly is refused."""
    with pytest.raises(ValueError, match="8 digits"):
        keys.journal_key(TARGET, "run", number, "intent")


def test_keys_give_their_number_back() -> None:
    """A listing's last segment tells the sequence."""
    assert keys.sequence_of(keys.journal_key(TARGET, "run", 17, "intent")) == 17
    assert keys.sequence_of(keys.chain_key(TARGET, 12)) == 12


def test_prefix_of_a_whole_family() -> None:
    """A family's prefix ends in a slash: no other family begins with it."""
    assert keys.prefix(TARGET, Family.CHAIN) == f"{HOME}/chain/"


def test_families_that_are_written_over() -> None:
    """Evidence is never among what may be replaced."""
    assert keys.REPLACED.isdisjoint(
        {
            Family.ARCHIVE,
            Family.JOURNAL,
            Family.PLANS,
            Family.PLANNED,
            Family.APPROVALS,
            Family.NOTICES,
            Family.REPORTS,
            Family.CHAIN,
        }
    )


def test_keys_of_what_stands_beside() -> None:
    """The index of a run, signatures, a check's probe, and what belongs to no target."""
    built = [
        keys.index_key(TARGET, "run7", 2),
        keys.signature_key(TARGET, 5),
        keys.check_key(TARGET),
        keys.retention_key(TARGET, "Run/7"),
        keys.tombstone_key(TARGET, "Era/1"),
        keys.target_prefix(TARGET),
        keys.prefix(TARGET, Family.REPORTS, "Run/7"),
    ]
    assert built == [
        f"{HOME}/reports/run7/index-00002.jsonl.zst",
        f"{HOME}/signatures/000000000005",
        f"{HOME}/check/current",
        f"{HOME}/retention/run=2f7/statement",
        f"{HOME}/erasures/era=2f1/tombstone",
        f"{HOME}/",
        f"{HOME}/reports/run=2f7/",
    ]
    assert keys.format_key() == "format/current"


def test_an_index_is_told_from_the_report_beside_it() -> None:
    assert keys.index_key(TARGET, "r", 0).startswith(keys.index_prefix(TARGET, "r"))
    assert keys.is_index(keys.index_key(TARGET, "r", 0))
    assert not keys.is_index(keys.report_key(TARGET, "index-1", "report.json"))


@pytest.mark.parametrize(
    ("key", "family", "once"),
    [
        (keys.plan_key(TARGET, "ab"), "plans", True),
        (keys.snapshot_key(TARGET, "r", "ab"), "marks", True),
        (keys.marks_key(TARGET), "marks", False),
        (keys.lease_key(TARGET), "lease", False),
        (keys.pause_key(None), "", False),
        (keys.format_key(), "", False),
        (f"{HOME}/plans", "", False),
    ],
)
def test_a_key_tells_its_family_and_whether_it_is_written_once(
    key: str, family: str, *, once: bool
) -> None:
    assert (keys.family_of(key), keys.written_once(key)) == (family, once)


def test_an_archive_promises_its_hash() -> None:
    assert keys.hash_in(keys.archive_key(TARGET, "r-1", "u-2", 4, "ab12")) == "ab12"


@pytest.mark.parametrize(
    ("key", "fine"),
    [
        ("/".join(["a" * 255] * 3 + ["a" * 132]), True),
        ("/".join(["a" * 255] * 3 + ["a" * 133]), False),
        ("a" * 255, True),
        ("a" * 256, False),
        ("a/b", True),
        ("a//b", False),
        ("a/", False),
        ("", False),
        ("a/..", False),
        ("a/.b", True),
        ("a b", False),
    ],
)
def test_what_is_a_key(key: str, *, fine: bool) -> None:
    """900 bytes at most, 255 a segment; no segment is empty, or two dots."""
    assert keys.is_key(key) is fine
    if fine:
        assert keys.checked(key) == key
    else:
        with pytest.raises(VaultError, match="not a key of the vault"):
            keys.checked(key)


@pytest.mark.parametrize("prefix", ["", "a", "a/", "v1/x/b."])
def test_what_some_key_starts_with_is_a_prefix(prefix: str) -> None:
    assert keys.checked_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", ["a//", "/a", "a b", "../a", "a/\n"])
def test_what_no_key_starts_with_is_no_prefix(prefix: str) -> None:
    with pytest.raises(VaultError, match="no key of the vault starts with"):
        keys.checked_prefix(prefix)


def test_the_smallest_and_the_largest_number_have_keys() -> None:
    last = [keys.journal_key(TARGET, "r", each, "x").rpartition("/")[2] for each in (0, 99_999_999)]
    assert last == ["00000000-x", "99999999-x"]


def test_a_spelling_is_cut_behind_120_characters() -> None:
    assert encoded("a" * 120) == "a" * 120
    assert encoded("a" * 121).startswith("a" * 40 + "=-")
    assert encoded(".a") == "=2ea"
    assert encoded("a.b_c-d") == "a.b_c-d"
    assert encoded("") == "="
