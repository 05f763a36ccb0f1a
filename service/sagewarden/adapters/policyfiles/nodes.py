"""What YAML is made of, each part with its position."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from sagewarden.adapters.policyfiles.problems import Mark


class Look(Enum):
    """What a scalar is under the core schema of YAML 1.2, and whether every reader agrees."""

    TEXT = "a text"
    BLANK = "a blank value"
    INTEGER = "a whole number"
    BOOLEAN = "a truth value"
    NUMBER = "a number"
    UNSETTLED = "not the same thing to every YAML reader"


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value; `plain` when no quotes or block style say that it is a text."""

    mark: Mark
    text: str
    plain: bool

    @property
    def look(self) -> Look:
        """What the scalar is."""
        if not self.plain:
            return Look.TEXT
        return next((look for look, shape in _LOOKS if shape.fullmatch(self.text)), Look.TEXT)


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    mark: Mark
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; keys are scalars, and each stands once."""

    mark: Mark
    fields: tuple[tuple[ScalarNode, "Node"], ...]


@dataclass(frozen=True, slots=True)
class RefusedNode:
    """Something that is refused already, so that nobody complains again."""

    mark: Mark


Node: TypeAlias = ScalarNode | ListNode | MapNode | RefusedNode

_LOOKS = tuple(
    (look, re.compile(shape))
    for look, shape in (
        (Look.BLANK, r"|~|null|Null|NULL"),
        (Look.BOOLEAN, r"true|True|TRUE|false|False|FALSE"),
        (Look.INTEGER, r"[-+]?(0|[1-9][0-9]*)"),
        # what YAML 1.1 takes for a truth value, an octal, binary or sexagesimal number, a number
        # with underscores, a date, a default or a merge: https://yaml.org/type/
        (Look.UNSETTLED, r"(?i:y|n|yes|no|on|off|true|false|null)|=|<<"),
        (
            Look.UNSETTLED,
            r"[-+]?0[0-9_]+|[-+]?0[oO][0-7_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bB][01_]+",
        ),
        (Look.UNSETTLED, r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[-+]?[0-9][0-9_]*"),
        (Look.UNSETTLED, r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9:.+Zz -]*)?"),
        (Look.NUMBER, r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"),
        (Look.NUMBER, r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
    )
)
