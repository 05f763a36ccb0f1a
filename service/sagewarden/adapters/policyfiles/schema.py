"""The JSON Schema of policy files, for editors: made from the tables that the loader reads by.

A key that the loader knows and this module does not is a KeyError, so neither can run ahead. The
loader stays the judge: it sees what no schema can (duplicate keys, aliases, names used twice).
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from sagewarden.adapters.policyfiles.conditions import CONDITION_FIELDS, ORIGIN_WORDS, STATUS_WORDS
from sagewarden.adapters.policyfiles.cursor import LARGEST_COUNT, LONGEST_KEY, LONGEST_TEXT
from sagewarden.adapters.policyfiles.document import (
    ACCOUNT,
    ACTIONS,
    KINDS,
    NAME,
    POLICY_FIELDS,
    PROTECT_FIELDS,
    RECEIVERS,
    TOP_FIELDS,
)
from sagewarden.adapters.policyfiles.keep import (
    BEST_FIELDS,
    KEEP_FIELDS,
    KEEP_RULES,
    LONGEST_TAG,
    ORDERS,
    PERIODS,
    TAG,
    group_words,
)
from sagewarden.adapters.policyfiles.measures import (
    LONGEST_METRIC,
    LONGEST_NAME,
    LONGEST_VALUE,
    SUMMARIES,
)
from sagewarden.adapters.policyfiles.require import (
    ESCALATE_FIELDS,
    ESCALATIONS,
    FOREIGN,
    PRESENT,
    REQUIRE_FIELDS,
)
from sagewarden.adapters.policyfiles.wanted import SUITED
from sagewarden.core.comparisons import BOUND, LONGEST_COMPARED
from sagewarden.core.durations import LONGEST_SPELLED, SPELLING, UNITS
from sagewarden.core.entities import RUNNING, Kind

Shape: TypeAlias = dict[str, Any]

SCHEMA = "http://json-schema.org/draft-07/schema#"


def policy_schema() -> Shape:
    """Return the schema of a policy file."""
    return {
        "$schema": SCHEMA,
        "title": "SageWarden policy file",
        **_mapping(_top(), TOP_FIELDS, required=["version"]),
        "anyOf": [{"required": ["policies"]}, {"required": ["protect"]}],
        "definitions": {
            "duration": _DURATION,
            "policy": _policy(),
            "protection": _protection(),
            **{name: _conditions(name, other) for name, other in _OPPOSITES.items()},
            "tags": _TAGS,
            "keep": _keep(),
            "require": _require(),
            "escalate": _escalate(),
        },
    }


def _mapping(
    shapes: Mapping[str, Shape], keys: Iterable[str], required: Iterable[str] = ()
) -> Shape:
    shape: Shape = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {key: shapes[key] for key in keys},
    }
    return shape | ({"required": list(required)} if required else {})


def _ref(name: str, description: str = "") -> Shape:
    """Refer to a definition; beside a bare `$ref` draft 7 sees nothing, so it stands in allOf."""
    if not description:
        return {"$ref": f"#/definitions/{name}"}
    return {"description": description, "allOf": [{"$ref": f"#/definitions/{name}"}]}


def _listed(shape: Shape, description: str) -> Shape:
    return {"type": "array", "minItems": 1, "items": shape, "description": description}


def _one_or_more(shape: Shape, description: str) -> Shape:
    return {
        "description": description,
        "oneOf": [shape, {"type": "array", "minItems": 1, "items": shape}],
    }


def _text(**more: Any) -> Shape:
    return {"type": "string", "pattern": r"\S", "maxLength": LONGEST_TEXT} | more


_DURATION: Shape = {
    "type": "string",
    "description": SPELLING,
    "pattern": f"^[1-9][0-9]*({'|'.join(UNITS)})$",
    "maxLength": LONGEST_SPELLED,
    "examples": ["90d", "12h", "6mo"],
}


def _any_case(word: str) -> str:
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in word)


_GLOB = _text(pattern=r"[^*\s]", examples=["dev-*"])
_WORDS = ("present", "absent")
_SUMMARY: Mapping[str, str] = {
    "last": "Its last value.",
    "min": "Its smallest value.",
    "max": "Its largest value.",
    "avg": "The average of its values.",
    "count": "How many values there are.",
    "std_dev": "The standard deviation of its values.",
}


def _wanted(shape: Shape, description: str) -> Shape:
    """Shape `present`, `absent`, a value, or a list of values without these two words."""
    listed = {"allOf": [shape, {"not": {"enum": [*_WORDS]}}]}
    return {
        "description": description,
        "oneOf": [shape, {"type": "array", "minItems": 1, "items": listed}],
    }


def _pairs(shape: Shape, longest: int, description: str) -> Shape:
    return {
        "type": "object",
        "description": description,
        "minProperties": 1,
        "propertyNames": {"pattern": r"\S", "maxLength": longest},
        "additionalProperties": shape,
    }


_TAGS = _pairs(
    _wanted(_text(examples=[*_WORDS]), "present, absent, a value (a glob), or a list of values"),
    LONGEST_KEY,
    "Tags by key.",
)
_COMPARED: Shape = {
    "anyOf": [
        {"type": "number"},
        _text(
            pattern=rf"^ *{BOUND}( *, *{BOUND})* *$",
            maxLength=LONGEST_COMPARED,
            examples=["> 0.1", ">= 10, < 20"],
        ),
    ]
}
_WHOLE = r"(<=|>=|==|!=|<|>) *(0|[1-9][0-9]*)"
_COUNTED: Shape = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        _text(
            pattern=rf"^ *{_WHOLE}( *, *{_WHOLE})* *$",
            maxLength=LONGEST_COMPARED,
            examples=["> 3", "== 0"],
        ),
    ]
}
_VALUE: Shape = {
    "anyOf": [_COMPARED, _text(pattern=r"^ *[^<>=! ]|^ *!($|[^=])", maxLength=LONGEST_VALUE)]
}
_METRIC: Shape = {
    "oneOf": [
        {"enum": [*_WORDS]},
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {each: _one_or_more(_COMPARED, _SUMMARY[each]) for each in SUMMARIES},
        },
    ]
}


def _top() -> Mapping[str, Shape]:
    return {
        "version": {"const": 1, "description": "The version of the language: always 1."},
        "policies": _listed(_ref("policy"), "What is done with what matches."),
        "protect": _listed(_ref("protection"), "What no policy of any file may delete."),
    }


def _policy() -> Shape:
    shapes: Mapping[str, Shape] = {
        "name": {
            "type": "string",
            "pattern": f"^{NAME.pattern}$",
            "description": "1 to 63 of a-z, 0-9 and -, once in all files.",
        },
        "description": {
            "type": "string",
            "pattern": r"\S",
            "description": "What it is for; plans and notices show it.",
        },
        "resource": {"enum": [*KINDS], "description": "The kind of entity that it judges."},
        "match": {
            "description": "What it is about: all of these must hold. Everything: the word all.",
            "oneOf": [{"const": "all"}, _ref("conditions")],
        },
        "keep": _ref("keep", "What stays although it matches."),
        "action": {
            "enum": [*ACTIONS],
            "description": "delete: mark, tell, wait for the grace period, archive, delete."
            " tag: repair the tags that are required, report the rest. report: only list.",
        },
        "require": _ref("require", "The tags that must be there; only with tag."),
        "grace": _ref("duration", "The time between mark and deletion; only with delete."),
        "escalate": _ref("escalate", "What becomes of what nobody mends; only with tag."),
        "notify": _one_or_more(
            {"enum": [*RECEIVERS]},
            "Who is told of its marks; without it, the owner. Only where something is deleted.",
        ),
        "confirm_match_all": {
            "type": "string",
            "pattern": f"^{ACCOUNT.pattern}$",
            "description": "The account's 12 digits: needed to delete with match: all.",
        },
    }
    required = ["name", "resource", "match", "action"]
    return _mapping(shapes, POLICY_FIELDS, required) | {
        "allOf": [
            _when_deleting(),
            _when_waiting(),
            _when_tagging(),
            _when_everything(),
            *_by_resource(),
        ]
    }


def _is(**fixed: str) -> Shape:
    properties = {key: {"const": value} for key, value in fixed.items()}
    return {"properties": properties, "required": [*fixed]}


def _when_deleting() -> Shape:
    match = {"oneOf": [{"const": "all"}, _ref(_DELETING)]}
    return {
        "if": {"anyOf": [_is(action="delete"), {"required": ["escalate"]}]},
        "then": {"properties": {"match": match}},
        "else": {"not": {"required": ["notify"]}},
    }


def _when_waiting() -> Shape:
    return {
        "if": _is(action="delete"),
        "then": {"required": ["grace"]},
        "else": {"not": {"required": ["grace"]}},
    }


def _when_tagging() -> Shape:
    return {
        "if": _is(action="tag"),
        "then": {"required": ["require"], "not": {"required": ["keep"]}},
        "else": {"not": {"anyOf": [{"required": ["require"]}, {"required": ["escalate"]}]}},
    }


def _when_everything() -> Shape:
    deletes = {"anyOf": [_is(action="delete"), {"required": ["escalate"]}]}
    return {
        "if": {"allOf": [_is(match="all"), deletes]},
        "then": {"required": ["confirm_match_all"]},
        "else": {"not": {"required": ["confirm_match_all"]}},
    }


def _by_resource() -> Iterable[Shape]:
    """Shape what only some resources have: conditions, ways to group, a best."""
    for kind in Kind:
        group = _one_or_more(_group(group_words(kind)), "")
        keep: Shape = {"properties": {"group_by": group}}
        if kind is not Kind.COMPONENT:
            keep["not"] = {"required": ["best"]}
        odd = [key for key, kinds in SUITED.items() if kind not in kinds]
        match = {"not": {"type": "object", "anyOf": [{"required": [key]} for key in odd]}}
        shapes: dict[str, Shape] = {"keep": keep, "match": match}
        if kind is Kind.EXPERIMENT:
            alone = {"properties": {"inherit": {"const": False}}}
            shapes["require"] = {"additionalProperties": alone}
        yield {"if": _is(resource=str(kind)), "then": {"properties": shapes}}


_DELETING = "deletingConditions"
_OPPOSITES = {
    "conditions": "conditions",
    _DELETING: "sparingConditions",
    "sparingConditions": _DELETING,
}
"""Mappings of conditions, and what stands below their `not`: what is deleted cannot run."""


def _conditions(same: str, opposite: str) -> Shape:
    statuses = [each for each in STATUS_WORDS if not (same == _DELETING and each in RUNNING)]
    shapes: Mapping[str, Shape] = {
        "name": _one_or_more(_GLOB, "Globs on the name or display name; case does not matter."),
        "tags": _ref("tags", "Tag keys, each present, absent, or with one of these values."),
        "status": _one_or_more(
            {"enum": statuses}, "Every component is in one of these; absent: without a status."
        ),
        "display_name": _wanted(_GLOB, "The display name alone: present, absent, or like a glob."),
        "created_by": _wanted(_GLOB, "The Studio user: present, absent, or like a glob."),
        "parameters": _pairs(
            _wanted(_VALUE, "present, absent, a comparison as in > 0.1, or a text (a glob)"),
            LONGEST_NAME,
            "Parameters by name.",
        ),
        "metrics": _pairs(_METRIC, LONGEST_METRIC, "Summaries of metrics by name."),
        "children": _one_or_more(_COUNTED, "How many trials, or components of a trial."),
        "parents": _one_or_more(_COUNTED, "On how many trials a component hangs."),
        "origin": _one_or_more({"enum": [*ORIGIN_WORDS]}, "Who made it."),
        "idle": _ref("duration", "At least this long without activity anywhere in the tree."),
        "age": _ref("duration", "At least this long since the youngest part was created."),
        "unassigned": {
            "type": "boolean",
            "description": "true: components in no trial; false: the others.",
        },
        "any": _listed(_ref(same), "One of these mappings holds."),
        "all": _listed(_ref(same), "Each of these mappings holds."),
        "not": _ref(opposite, "This mapping does not hold; what is unknown stays unknown."),
    }
    return _mapping(shapes, CONDITION_FIELDS)


def _keep() -> Shape:
    shapes: Mapping[str, Shape] = {
        "last": _count("So many of the most recently active stay, in each group."),
        "best": _best(),
        "within": _ref("duration", "What was active so shortly before a group's newest stays."),
        **{
            period: _count(f"The newest of each of so many {period} periods (UTC) stays.")
            for period in PERIODS
        },
        "tags": _ref("tags", "What carries all of these stays."),
        "group_by": _one_or_more(_group(group_words(None)), "What makes a group."),
    }
    some = [{"required": [rule]} for rule in KEEP_RULES]
    return _mapping(shapes, KEEP_FIELDS) | {"anyOf": some}


def _best() -> Shape:
    shapes: Mapping[str, Shape] = {
        "metric": _text(maxLength=LONGEST_METRIC, description="The metric's name."),
        "summary": {"enum": [*SUMMARIES], "description": "Of its values; without it, the last."},
        "order": {"enum": [*ORDERS], "description": "Whether the smallest or largest is best."},
        "count": _count("So many stay, in each group."),
    }
    required = ["metric", "order", "count"]
    return _mapping(shapes, BEST_FIELDS, required) | {
        "description": "Those whose metric is best stay, in each group."
    }


_ODD: Shape = {"not": {"pattern": r"[!-*,;<>?\[-\^`{-~]"}}
"""Signs of ASCII that AWS takes in no tag; the loader says what it thinks of the rest."""
_TAG_TEXT = _text(**_ODD)
_TAG_NAME: Shape = {
    "allOf": [
        _text(maxLength=LONGEST_KEY, **_ODD),
        {"not": {"pattern": f"^({'|'.join(map(_any_case, FOREIGN))})"}},
    ]
}


def _require() -> Shape:
    shapes: Mapping[str, Shape] = {
        "pattern": _text(description="A pattern that the whole value matches."),
        "allowed": _one_or_more(_TAG_TEXT, "The values that are right."),
        "default": _TAG_TEXT | {"description": "What it becomes where it is missing."},
        "inherit": {
            "type": "boolean",
            "description": "true: where it is missing it comes from the trial or experiment above.",
        },
        "normalise": {
            "type": "object",
            "description": "Values, each with what it becomes.",
            "minProperties": 1,
            "propertyNames": {"pattern": r"\S", "maxLength": LONGEST_TEXT},
            "additionalProperties": _TAG_TEXT,
        },
        "rename": _one_or_more(_TAG_NAME, "Other keys, whose value it takes over."),
    }
    return {
        "type": "object",
        "description": "Tags by key.",
        "minProperties": 1,
        "propertyNames": _TAG_NAME,
        "additionalProperties": {
            "anyOf": [{"const": PRESENT}, _mapping(shapes, REQUIRE_FIELDS)],
        },
    }


def _escalate() -> Shape:
    shapes: Mapping[str, Shape] = {
        "after": _ref("duration", "How long it may stay unmended since it was first found."),
        "action": {"enum": [*ESCALATIONS], "description": "What is done then."},
        "grace": _ref("duration", "The time between mark and deletion."),
    }
    return _mapping(shapes, ESCALATE_FIELDS, ESCALATE_FIELDS)


def _count(description: str) -> Shape:
    return {
        "type": "integer",
        "minimum": 1,
        "maximum": LARGEST_COUNT,
        "description": description,
    }


def _group(words: Iterable[str]) -> Shape:
    tagged = _text(pattern=rf"^{TAG}.*\S", maxLength=LONGEST_TAG)
    return {"anyOf": [{"enum": [*words]}, tagged]}


def _protection() -> Shape:
    shapes: Mapping[str, Shape] = {
        "name": _one_or_more(_GLOB, "Globs on the name or display name; case does not matter."),
        "tags": _ref("tags", "Whatever carries these tags; all keys must hold."),
        "registered_models": {
            "const": True,
            "description": "What stands behind a registered model package, a deployed endpoint or"
            " a model. In an entry of its own.",
        },
    }
    alone = {"required": ["registered_models"]}
    return _mapping(shapes, PROTECT_FIELDS) | {
        "if": alone,
        "then": {"maxProperties": 1},
    }
