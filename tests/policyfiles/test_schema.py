"""`policy schema`: what it takes, what it refuses, and what only the loader can see."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from tests.policyfiles.test_documentation import EXAMPLES, GALLERY, POLICIES, REFERENCE

from sagewarden.adapters.policyfiles.conditions import CONDITION_FIELDS
from sagewarden.adapters.policyfiles.document import POLICY_FIELDS, PROTECT_FIELDS, TOP_FIELDS
from sagewarden.adapters.policyfiles.keep import KEEP_FIELDS
from sagewarden.adapters.policyfiles.require import ESCALATE_FIELDS, REQUIRE_FIELDS
from sagewarden.adapters.policyfiles.schema import policy_schema

HERE = Path(__file__).parent
SCHEMA = policy_schema()
EDITOR = Draft7Validator(SCHEMA)
BAD = sorted(path for path in (HERE / "bad").glob("*.yaml"))
GOOD = [*sorted((HERE / "good").glob("*.yaml")), *GALLERY]

BEYOND = {
    "anchor": "YAML resolves it",
    "byte-order-mark": "YAML reads past it",
    "children-below-zero": "arithmetic",
    "children-between-counts": "arithmetic",
    "children-every-count": "arithmetic",
    "comparison-never-true": "arithmetic",
    "display-name-on": "a text to YAML 1.2",
    "duration-over-100-years": "arithmetic",
    "escaped-control-character": "a character that does not show",
    "escaped-surrogate": "a character that does not show",
    "explicit-tag": "YAML resolves it",
    "keep-last-fraction": "1.0 is an integer to a schema",
    "keep-last-octal": "a number to YAML 1.2",
    "keep-tag-value-yes": "a text to YAML 1.2",
    "merge-key": "a text to YAML 1.2",
    "metric-name-true": "a key to YAML 1.2",
    "name-glob-no": "a text to YAML 1.2",
    "name-glob-on-in-list": "a text to YAML 1.2",
    "name-twice": "two policies side by side",
    "only-protections": "other files may have policies",
    "parameter-name-a-number": "a key to YAML 1.2",
    "parameter-value-half-a-number": "a number to YAML 1.2",
    "parameter-value-infinite": "a number to YAML 1.2",
    "parameter-value-nan": "a number to YAML 1.2",
    "parameter-value-octal": "a number to YAML 1.2",
    "parameter-value-too-large": "a number to YAML 1.2",
    "parameter-value-yes": "a text to YAML 1.2",
    "require-default-does-not-match": "it compares two values",
    "require-default-not-allowed": "it compares two values",
    "require-normalise-chain": "it compares two values",
    "require-normalise-not-allowed": "it compares two values",
    "require-pattern-anchor": "the syntax of patterns",
    "require-pattern-back-reference": "the syntax of patterns",
    "require-pattern-brace-closes-nothing": "the syntax of patterns",
    "require-pattern-braces-without-numbers": "the syntax of patterns",
    "require-pattern-class-inside-a-class": "the syntax of patterns",
    "require-pattern-class-open": "the syntax of patterns",
    "require-pattern-closes-nothing": "the syntax of patterns",
    "require-pattern-empty-class": "the syntax of patterns",
    "require-pattern-ends-with-a-backslash": "the syntax of patterns",
    "require-pattern-escape-without-meaning": "the syntax of patterns",
    "require-pattern-escaped-anchor": "the syntax of patterns",
    "require-pattern-groups-too-deep": "the syntax of patterns",
    "require-pattern-looks-ahead": "the syntax of patterns",
    "require-pattern-multiplies": "the syntax of patterns",
    "require-pattern-nothing-in-a-choice": "the syntax of patterns",
    "require-pattern-open": "the syntax of patterns",
    "require-pattern-range-backwards": "the syntax of patterns",
    "require-pattern-repeats-a-repetition": "the syntax of patterns",
    "require-pattern-repeats-never": "the syntax of patterns",
    "require-pattern-repeats-nothing": "the syntax of patterns",
    "require-pattern-repeats-too-often": "the syntax of patterns",
    "require-pattern-set-turned-round-inside-a-class": "the syntax of patterns",
    "require-rename-of-itself": "it compares two values",
    "require-rename-of-required": "it compares two values",
    "require-rename-twice": "it compares two values",
    "right-to-left-override": "a character that does not show",
    "tag-key-no": "a text to YAML 1.2",
    "tag-key-null": "a key to YAML 1.2",
    "tag-value-sexagesimal": "a text to YAML 1.2",
    "tag-value-yes": "a text to YAML 1.2",
    "yaml-directive": "YAML obeys it",
}
"""Bad files that a schema cannot refuse, and what hides their fault from it."""


def parsed(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def refused_by_an_editor(path: Path) -> bool:
    """Whether an editor underlines something: broken YAML, or what the schema does not take."""
    try:
        content = parsed(path.read_text(encoding="utf-8"))
    except (YAMLError, OverflowError, ValueError):
        return True
    return not EDITOR.is_valid(content)


def messages(text: str) -> list[str]:
    return [error.message for error in EDITOR.iter_errors(parsed(text))]


def test_the_schema_is_sound() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_fits_the_schema(path: Path) -> None:
    assert messages(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_reference_fits_the_schema(example: str) -> None:
    assert messages(example) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_by_an_editor_unless_no_schema_can(path: Path) -> None:
    assert refused_by_an_editor(path) == (path.stem not in BEYOND)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("conditions", CONDITION_FIELDS),
        ("deletingConditions", CONDITION_FIELDS),
        ("policy", POLICY_FIELDS),
        ("protection", PROTECT_FIELDS),
        ("keep", KEEP_FIELDS),
        ("escalate", ESCALATE_FIELDS),
    ],
)
def test_the_schema_has_the_keys_that_the_loader_reads(name: str, keys: tuple[str, ...]) -> None:
    assert tuple(SCHEMA["definitions"][name]["properties"]) == keys


@pytest.mark.parametrize("name", ["conditions", "policy", "protection", "keep", "escalate"])
def test_every_key_has_a_text_to_hover_over(name: str) -> None:
    shapes = SCHEMA["definitions"][name]["properties"]
    told = [key for key, shape in shapes.items() if "description" in shape or "$ref" in shape]
    assert told == list(shapes)


@pytest.mark.parametrize(
    "key",
    sorted(
        {
            *CONDITION_FIELDS,
            *POLICY_FIELDS,
            *PROTECT_FIELDS,
            *KEEP_FIELDS,
            *REQUIRE_FIELDS,
            *ESCALATE_FIELDS,
            *TOP_FIELDS,
        }
    ),
)
def test_the_reference_speaks_of_every_key(key: str) -> None:
    assert f"`{key}" in REFERENCE or f".{key}`" in REFERENCE


def test_the_stored_schema_is_the_one_that_the_command_prints() -> None:
    """`sagewarden policy schema > policies/schema.json` renews it."""
    assert json.loads((POLICIES / "schema.json").read_text()) == SCHEMA


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_every_policy_of_the_gallery_names_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema.json"
