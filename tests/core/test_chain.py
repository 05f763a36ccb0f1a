"""Links of the chain: one spelling, and what keeps a manifest from being the next link."""

import json
from dataclasses import replace

import pytest

from sagewarden.core.canonical import canonical
from sagewarden.core.chain import Head, Manifest, link_faults
from sagewarden.core.entities import Target

TARGET = Target("123456789012", "eu-west-1")
FIRST = Manifest(
    account="123456789012",
    region="eu-west-1",
    run="run-1",
    adopted=("run-0",),
    at="2026-01-01T00:00:00.000Z",
    objects={"v1/123456789012/eu-west-1/reports/run-1/report.json": "0" * 64},
)


def read(body: bytes) -> Manifest:
    return Manifest.read(json.loads(body), body)


def test_a_manifest_reads_back_as_it_was_written() -> None:
    """Its one spelling is what is hashed."""
    assert read(FIRST.body()) == FIRST


def test_a_link_follows_the_head_before_it() -> None:
    second = replace(FIRST, run="run-2").after(FIRST.head())
    assert (second.number, second.previous) == (2, FIRST.head().sha256)
    assert list(link_faults(second, 2, FIRST.head(), TARGET)) == []


def test_a_link_tells_of_its_run_and_of_those_it_adopted() -> None:
    assert FIRST.runs == ("run-1", "run-0")


def test_links_can_be_told_apart_in_a_set() -> None:
    assert len({FIRST, replace(FIRST), replace(FIRST, run="run-2")}) == 2


def test_the_first_link_follows_nothing() -> None:
    assert FIRST.after(None) == FIRST
    assert list(link_faults(FIRST, 1, None, TARGET)) == []


@pytest.mark.parametrize(
    ("manifest", "number", "before", "wrong"),
    [
        (FIRST, 2, None, "it says that it is link 1, and lies where link 2 is to be"),
        (
            replace(FIRST, region="us-east-1"),
            1,
            None,
            "it is of another target: 123456789012/us-east-1",
        ),
        (FIRST, 1, FIRST.head(), "it does not follow the link before it"),
        (replace(FIRST, previous="0" * 64), 1, None, "it does not follow the link before it"),
    ],
)
def test_what_is_not_the_next_link(
    manifest: Manifest, number: int, before: Head | None, wrong: str
) -> None:
    assert list(link_faults(manifest, number, before, TARGET)) == [wrong]


@pytest.mark.parametrize(
    "body",
    [
        FIRST.body().replace(b'"format":1', b'"format":2'),
        FIRST.body() + b"\n",
        FIRST.body().replace(b'"run":"run-1"', b'"run":"run-1","more":1'),
        canonical({"format": 1}),
        canonical(json.loads(FIRST.body()) | {"objects": 3}),
        replace(FIRST, at="2026-01-01T00:00:00Z").body(),
    ],
    ids=["another format", "a blank", "a field more", "fields missing", "no objects", "a time"],
)
def test_what_we_would_not_write_is_no_link(body: bytes) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read(body)


def test_a_head_reads_back_as_it_was_spelled() -> None:
    assert Head.read(str(FIRST.head())) == FIRST.head()


@pytest.mark.parametrize("spelled", ["", "1", "0:" + "0" * 64, "1:" + "0" * 63, "1:" + "G" * 64])
def test_what_is_no_head(spelled: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        Head.read(spelled)
