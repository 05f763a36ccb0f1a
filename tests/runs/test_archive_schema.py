"""Every line that a sweep archives or indexes fits its published schema; others do not."""

import json
from typing import Any

import pytest
import zstandard
from jsonschema import Draft202012Validator
from tests.faults.ground import due as nasty
from tests.runs.stage import Stage

from sagewarden.adapters.vault.schema import archive_schema, index_schema
from sagewarden.core.keys import Family, hash_in, is_index

SCHEMA = archive_schema()
CHECK = Draft202012Validator(SCHEMA)
INDEX = index_schema()


def lines(stage: Stage, family: Family = Family.ARCHIVE) -> list[dict[str, Any]]:
    """The lines as any program sees them that can unpack zstd and read JSON."""
    unpacked = (
        zstandard.ZstdDecompressor().decompress(stage.vault.get(key).body)
        for key in stage.keys(family)
        if family is Family.ARCHIVE or is_index(key)
    )
    return [json.loads(line) for body in unpacked for line in body.splitlines()]


@pytest.mark.parametrize("schema", [SCHEMA, INDEX])
def test_the_schema_is_one(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


def test_every_line_of_a_sweep_fits(stage: Stage) -> None:
    """Of an account with all that is nasty, metric series among it."""
    nasty(stage)
    stage.sweep()
    found = lines(stage)
    assert [error.message for line in found for error in CHECK.iter_errors(line)] == []
    assert any(line.get("series") for line in found)
    indexed = lines(stage, Family.REPORTS)
    check = Draft202012Validator(INDEX)
    assert [error.message for line in indexed for error in check.iter_errors(line)] == []
    archives = stage.keys(Family.ARCHIVE)
    assert sorted(line["archive"] for line in indexed[1:]) == sorted(map(hash_in, archives))


@pytest.mark.parametrize("field", ["kind", "created_ms", "described", "series", "unread"])
def test_an_entity_without_a_field_does_not_fit(due: Stage, field: str) -> None:
    due.sweep()
    line = lines(due)[1]
    del line[field]
    assert not CHECK.is_valid(line)


@pytest.mark.parametrize(
    ("value", "fits"),
    [(1.5, True), ({"$float": "nan"}, True), ({"$float": "1"}, False), ("1", False)],
)
def test_what_a_point_of_a_series_may_be(due: Stage, value: Any, *, fits: bool) -> None:
    """A number, or one of the three that JSON cannot spell."""
    due.sweep()
    series = {
        "metric": "m",
        "x_axis": "Timestamp",
        "period": "p",
        "stat": "s",
        "status": "Complete",
    }
    line = lines(due)[1] | {"series": [series | {"points": [[1, value]]}]}
    assert CHECK.is_valid(line) is fits
