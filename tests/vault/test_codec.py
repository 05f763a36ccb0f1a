"""Archives as bytes: exact, legible, and nothing else passes for one."""

import json
import subprocess
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sagewarden.adapters.vault.codec import decode, encode, pack, snapshot, snapshot_lines
from sagewarden.core.archive import ArchiveHeader, ArchiveRecord, Receipt, VerifiedArchive
from sagewarden.core.canonical import canonical, digest, sha256
from sagewarden.core.entities import Identity, Kind
from sagewarden.errors import IntegrityError

texts = st.text(st.characters(exclude_categories=()), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
mappings = st.dictionaries(texts, values, max_size=5)

HEADER = ArchiveHeader(
    target="123456789012/eu-west-1",
    run="run7",
    plan="ab12",
    unit="experiment/dev",
    written="2026-03-01T12:00:00.000Z",
    counts={"trial-component": 2},
)


def component(name: str, **described: Any) -> ArchiveRecord:
    return ArchiveRecord(
        identity=Identity(Kind.COMPONENT, name, 1_700_000_000_000),
        arn=f"arn:aws:sagemaker:eu-west-1:123456789012:experiment-trial-component/{name}",
        fingerprint="f" * 64,
        described=described,
        tags={"team": "zürich"},
        parents=("trial-1",),
    )


RECORDS = [
    component("one", CreationTime=datetime(2026, 1, 1, tzinfo=UTC), Loss=float("nan")),
    component("two", Parameters={"a": {"NumberValue": -0.0}}),
]
BODY = encode(HEADER, RECORDS)


@settings(deadline=None)
@given(st.lists(mappings, max_size=4))
@example([{"a": [float("nan"), float("inf"), float("-inf"), -0.0, 1e308, 5e-324, 10**400]}])
@example([{"$float": "nan"}, {"$$float": 1}, {"$float": {"StringValue": "x"}}, {"$float": 1.5}])
@example([{"a": None, "b": float("nan")}, {"b": {"c": None}}, {"null": "null"}])
@example([{"a": [1e16, 1e22, 1e-7, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 1.7976931348623157e308]}])
@example([{"\ud800": "\udfff\ud83d\ude00", "\0\r\n\u2028": "\u202e<script>"}, {"": {}}])
def test_lines_come_back_as_they_went(lines: list[dict[str, Any]]) -> None:
    """A3: decoding gives the canonical value of what was encoded, line by line."""
    assert [canonical(line) for line in decode(pack(lines))] == [canonical(line) for line in lines]


@settings(deadline=None)
@given(st.lists(mappings, max_size=4))
def test_a_snapshots_lines_come_back_as_they_went(lines: list[dict[str, Any]]) -> None:
    """One by one they are the same, and whoever reads all at once finds them too."""
    body, spelled = snapshot(lines), [*map(canonical, lines)]
    assert [canonical(line) for line in snapshot_lines(body)] == spelled
    assert [canonical(line) for line in decode(body)] == spelled


@pytest.mark.parametrize("spoil", [lambda body: body[:-1], lambda body: body + body, lambda _: b""])
def test_a_snapshot_that_is_cut_off_or_goes_on_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    """Its last lines may be those that keep something."""
    with pytest.raises(IntegrityError, match="not one whole zstd frame"):
        list(snapshot_lines(spoil(snapshot([{"a": 1}]))))


def test_a_line_of_a_snapshot_has_a_bound() -> None:
    """A bomb of one line is refused before it fills the memory."""
    with pytest.raises(IntegrityError, match="more than 1000 bytes"):
        list(snapshot_lines(snapshot([{"a": "x" * 100_000}]), limit=1000))


@given(st.dictionaries(texts, scalars, max_size=5))
@example({"a": None, "b": float("nan")})
@example({"a": 1e16, "b": 1e22, "c": 1e-7, "d": 2**63, "e": 2**64, "f": -(2**63) - 1})
@example({"$float": "nan"})
@example({"$float": float("nan")})
def test_scalars_come_back_as_themselves(line: dict[str, Any]) -> None:
    """Not only the canonical spelling: numbers stay numbers, text stays text, bit by bit."""
    (read,) = decode(pack([line]))

    assert repr(read) == repr(line)


def test_the_same_lines_give_the_same_bytes() -> None:
    """An archive's hash names its content: encoding again changes nothing."""
    assert encode(HEADER, RECORDS) == BODY


def test_an_archive_without_records() -> None:
    """The header alone is an archive."""
    assert [HEADER.spelled()] == decode(encode(HEADER, []))


def test_no_lines_at_all() -> None:
    """Nothing packs to something that unpacks to nothing."""
    assert decode(pack([])) == []


def test_a_verified_archive_gives_the_records_back() -> None:
    """What was archived is what the evidence holds, with the digests that the receipt noted."""
    receipt = Receipt.of("key", BODY, RECORDS)

    verified = VerifiedArchive("key", receipt.sha256, BODY, decode(BODY))

    read = {each: digest(verified.record(each).spelled()) for each in verified.identities}
    assert read == receipt.records


def test_legible_with_zstd_and_jq() -> None:
    """A person without our tool gets strict JSON, one line each."""
    unfolded = subprocess.run(["zstd", "-d"], input=BODY, capture_output=True, check=True).stdout
    names = subprocess.run(
        ["jq", "-c", ".name // .run"], input=unfolded, capture_output=True, check=True
    ).stdout

    assert names == b'"run7"\n"one"\n"two"\n'
    assert unfolded.isascii()


def verify(body: bytes) -> VerifiedArchive:
    return VerifiedArchive("key", sha256(BODY), body, decode(body))


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_flipped_byte_fails(place: int, bits: int) -> None:
    """A1: an archive with one byte changed is no evidence."""
    changed = BODY[:place] + bytes([BODY[place] ^ bits]) + BODY[place + 1 :]

    with pytest.raises(IntegrityError):
        verify(changed)


@given(st.integers(0, len(BODY)), st.binary(min_size=1, max_size=9))
def test_any_inserted_bytes_fail(place: int, more: bytes) -> None:
    """A1: an archive with bytes added anywhere is no evidence."""
    with pytest.raises(IntegrityError):
        verify(BODY[:place] + more + BODY[place:])


@given(st.integers(0, len(BODY) - 1))
def test_any_cut_fails(place: int) -> None:
    """A1: a part of an archive is no evidence."""
    with pytest.raises(IntegrityError):
        verify(BODY[:place])


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_right_lines_do_not_excuse_wrong_bytes(place: int, bits: int) -> None:
    """A1: the hash is over the bytes that were fetched, whatever lines come with them."""
    changed = BODY[:place] + bytes([BODY[place] ^ bits]) + BODY[place + 1 :]

    with pytest.raises(IntegrityError):
        VerifiedArchive("key", sha256(BODY), changed, decode(BODY))


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_noise_is_no_archive(noise: bytes) -> None:
    """Bytes that are no zstd frame are damage, not an accident of the program."""
    with pytest.raises(IntegrityError):
        decode(noise)


def folded(text: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(text)


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        b"\n",
        b"{}\n\n",
        b"[]\n",
        b"1\n",
        b"null\n",
        b"{\n}\n",
        b'{"a":1\n',
        b'{"a":NaN}\n',
        b'{"a":-Infinity}\n',
        b'{"a":1,"a":2}\n',
        b'{"$float":"much"}\n',
        b'{"$float":[]}\n',
        b'{"$float":"nan"}\n',
        b"{'a':1}\n",
        '{"a":"ä"}\n'.encode(),
        b'{"a":"\xff"}\n',
        b"\xef\xbb\xbf{}\n",
        b'{"a":' + b"[" * 100_000 + b"\n",
        b'{"a":' + b"9" * 5_000 + b"}\n",
    ],
)
def test_other_text_is_no_archive(text: bytes) -> None:
    """A whole frame whose content we would not have written is refused."""
    with pytest.raises(IntegrityError):
        decode(folded(text))


def test_two_frames_are_no_archive() -> None:
    """Nothing may follow the frame, not even another one."""
    with pytest.raises(IntegrityError):
        decode(folded(b"{}\n") + folded(b"{}\n"))


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    """A frame that says it is larger than the limit is not unfolded."""
    with pytest.raises(IntegrityError, match="more than 1000 bytes"):
        decode(folded(b" " * 10_000_000), limit=1000)


def test_a_frame_that_hides_its_size_is_refused() -> None:
    """We always write the size, so that a limit can be kept."""
    hiding = zstandard.ZstdCompressor(write_content_size=False).compress(b"{}\n")

    with pytest.raises(IntegrityError, match="does not say"):
        decode(hiding)


def test_the_limit_itself_is_allowed() -> None:
    """As many bytes as the limit says may unfold."""
    assert decode(folded(b"{}\n"), limit=3) == [{}]


def lines(**header: Any) -> list[dict[str, Any]]:
    return [{"sagewarden_archive": 1, **header}, *(each.spelled() for each in RECORDS)]


@pytest.mark.parametrize("counts", [None, 2, [], {}, {"trial-component": 1}])
def test_counts_that_are_not_those_of_the_lines(counts: Any) -> None:
    """A header that lacks or garbles its counts makes no evidence."""
    body = pack(lines(counts=counts))

    with pytest.raises(IntegrityError):
        VerifiedArchive("key", sha256(body), body, decode(body))


def test_an_entity_may_not_stand_twice() -> None:
    """Two records of one entity could contradict each other: no evidence."""
    body = encode(HEADER, [RECORDS[0], RECORDS[0]])

    with pytest.raises(IntegrityError):
        VerifiedArchive("key", sha256(body), body, decode(body))


def test_mappings_and_sequences_of_any_make() -> None:
    """What is read only, or no list, is spelled like any mapping or list."""
    assert decode(pack([MappingProxyType({"a": deque([1])})])) == [{"a": [1]}]


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_what_has_no_place_in_an_archive(value: Any) -> None:
    """A value without a spelling is a defect that shows at once."""
    with pytest.raises(TypeError):
        pack([{"a": value}])


def test_an_entity_that_is_not_there() -> None:
    """Asking evidence for what it does not hold is an error."""
    verified = verify(BODY)
    stranger = Identity(Kind.TRIAL, "one", 1_700_000_000_000)

    assert [verified.holds(RECORDS[0].identity), verified.holds(stranger)] == [True, False]
    with pytest.raises(IntegrityError, match="does not hold trial one"):
        verified.record(stranger)


@pytest.mark.parametrize("line", [{}, {"kind": "model"}, {**RECORDS[0].spelled(), "tags": ...}])
def test_a_line_that_lacks_a_field(line: dict[str, Any]) -> None:
    """A record is whole or no record."""
    line.pop("tags", None)

    with pytest.raises(IntegrityError, match="lacks or garbles"):
        ArchiveRecord.read(line)


def test_another_format() -> None:
    """An archive of a format that this version does not know is not guessed at."""
    body = pack([{"sagewarden_archive": 2, "counts": {}}])

    with pytest.raises(IntegrityError, match="format 1"):
        VerifiedArchive("key", sha256(body), body, decode(body))


def test_json_of_the_standard_library_reads_each_line() -> None:
    """Strict JSON: no NaN among the numbers."""
    unfolded = zstandard.ZstdDecompressor().decompress(BODY)

    assert [json.loads(line, parse_constant=pytest.fail) for line in unfolded.splitlines()][1][
        "described"
    ]["Loss"] == {"$float": "nan"}
