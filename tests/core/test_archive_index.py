"""What an index tells of a record follows from it, and survives being written."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewarden.adapters.vault.codec import decode, pack
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.archive_index import Indexed, held, index_header, index_line, read_part
from sagewarden.core.entities import Identity, Kind
from sagewarden.errors import IntegrityError

texts = st.text(st.characters(exclude_categories=()), max_size=20)


def component(described: Mapping[str, Any], **fields: Any) -> ArchiveRecord:
    return ArchiveRecord(
        **{
            "identity": Identity(Kind.COMPONENT, "one", 1_700_000_000_000),
            "arn": "arn",
            "fingerprint": "f",
            "described": {"TrialComponentName": "One", **described},
            "tags": {},
            "parents": (),
        }
        | fields
    )


@given(st.dictionaries(texts, texts, max_size=5), texts, st.lists(texts, max_size=3))
def test_a_line_comes_back_as_it_went(
    tags: dict[str, str], creator: str, unread: list[str]
) -> None:
    """Whatever its texts."""
    record = component({"CreatedBy": {"UserProfileName": creator}}, tags=tags, unread=tuple(unread))
    told = held([record])
    lines = decode(pack([index_header("t", "r"), index_line("a", told)]))
    assert read_part(lines) == {"a": told}
    assert told[record.identity].creator == creator


def test_it_tells_points_and_what_does_not_come_back() -> None:
    series = {"metric": "m", "x_axis": "IterationNumber", "points": [[1, 2.0], [2, float("nan")]]}
    told = Indexed.of(component({"CreationTime": "x"}, series=(series,), unread=("it",)))
    assert (told.points, told.unreturnable, told.left_out) == (2, ("CreationTime",), ("it",))


@pytest.mark.parametrize(
    "record",
    [
        component({"TrialComponentName": None, "StartTime": "yesterday"}),
        component({"CreatedBy": "ada"}),
        component({}, series=({},)),
        component({}, associations=({},)),
    ],
)
def test_of_what_could_not_come_back_nothing_is_told(record: ArchiveRecord) -> None:
    """Whoever needs to know reads its archive."""
    with pytest.raises(IntegrityError):
        Indexed.of(record)


def test_a_part_says_of_what_format_it_is() -> None:
    assert index_header("t", "r") == {"sagewarden_index": 1, "target": "t", "run": "r"}


def test_entities_stand_in_one_order() -> None:
    """The same archive gives the same line, whatever order its records have."""
    one = component({})
    two = component({}, identity=Identity(Kind.COMPONENT, "a", 1_700_000_000_000))
    assert index_line("a", held([one, two])) == index_line("a", held([two, one]))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"sagewarden_index": 2}],
        [index_header("t", "r"), {"archive": "a"}],
        [index_header("t", "r"), {"archive": "a", "entities": [{"kind": "model"}]}],
    ],
)
def test_what_we_do_not_write_is_no_part(lines: list[Any]) -> None:
    with pytest.raises(IntegrityError):
        read_part(lines)
