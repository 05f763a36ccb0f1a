"""`require` and `escalate`: tags that must be there, what repairs them, what if nobody does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sagewarden.adapters.policyfiles.cursor import (
    LONGEST_KEY,
    Cursor,
    boolean,
    choice,
    duration,
    fields,
    near,
    need,
    one_or_more,
    pairs,
    text,
)
from sagewarden.adapters.policyfiles.nodes import ScalarNode
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.core.durations import SPELLING
from sagewarden.core.entities import OWN_TAGS, Kind
from sagewarden.core.patterns import Pattern, PatternRefused
from sagewarden.core.policy import Escalation, Required
from sagewarden.core.tag_words import AWS_TAGS, is_key, is_value

REQUIRE_FIELDS: Final = ("pattern", "allowed", "default", "inherit", "normalise", "rename")
ESCALATE_FIELDS: Final = ("after", "action", "grace")
ESCALATIONS: Final = ("delete",)
PRESENT: Final = "present"
"""What stands for a tag that must be there, whatever its value."""

FOREIGN: Final = (AWS_TAGS, "sagemaker:", OWN_TAGS)
"""Tags under these prefixes are AWS's, its tools' or ours: no policy may write them."""

_TAGS = "tag keys, each with present or a mapping of rules"
_KEY = "a tag key of letters, digits, blanks and _.:/=+-@"
_VALUE = "a tag value of letters, digits, blanks and _.:/=+-@"
_PATTERN = "a pattern that a whole value matches, as in [a-z]+-[0-9]+"


def read_require(cursor: Cursor, resource: Kind | None) -> tuple[Required, ...] | None:
    """Read the tags that a policy requires; None when one of them is not understood."""
    found = [_read_required(key, value, resource) for key, value in pairs(cursor, _TAGS)]
    required = [each for each in found if each is not None]
    if not found or len(required) < len(found) or not _apart(cursor, required):
        return None
    return tuple(required)


def _read_required(key: Cursor, value: Cursor, resource: Kind | None) -> Required | None:
    name = _read_key(key)
    if isinstance(value.node, ScalarNode) and value.node.text == PRESENT:
        return None if name is None else Required(key=name)
    found = fields(value, REQUIRE_FIELDS) if _is_rules(value) else {}
    reading = _Reading(found, resource)
    read = (
        reading.pattern(),
        reading.texts("allowed"),
        reading.text("default"),
        reading.inherit(),
        reading.normalise(),
        reading.renamed(),
    )
    if name is None or not found or reading.failed:
        return None
    pattern, allowed, default, inherit, normalise, rename = read
    required = Required(
        key=name,
        pattern=pattern,
        allowed=allowed,
        default=default,
        inherit=inherit,
        normalise=normalise,
        rename=rename,
    )
    return required if _sound(required, found) else None


def _is_rules(value: Cursor) -> bool:
    """Whether a mapping may stand here; note a word that is none of ours."""
    if not isinstance(value.node, ScalarNode):
        return True
    scalar = value.scalar(f"{PRESENT}, or a mapping of rules")
    if scalar is not None:
        meant = near(scalar.text, [PRESENT])
        value.refuse(shown(scalar.text), f"{PRESENT}, or a mapping of rules", meant)
    return False


def _read_key(cursor: Cursor) -> str | None:
    key = text(cursor, "a tag key", LONGEST_KEY)
    if key is None:
        return None
    foreign = next((each for each in FOREIGN if key.lower().startswith(each)), None)
    if foreign is not None:
        cursor.refuse(f"{shown(key)}, under {foreign}", "a tag key of your own")
        return None
    if not is_key(key):
        cursor.refuse(shown(key), _KEY)
        return None
    return key


def _read_value(cursor: Cursor) -> str | None:
    value = text(cursor, _VALUE)
    if value is not None and not is_value(value):
        cursor.refuse(shown(value), _VALUE)
        return None
    return value


@dataclass(slots=True)
class _Reading:
    """The fields of one required tag, as they are read; `failed` once one is not understood."""

    found: dict[str, Cursor]
    resource: Kind | None
    failed: bool = False

    def _take(self, key: str, read: Callable[[Cursor], object]) -> object | None:
        if key not in self.found:
            return None
        value = read(self.found[key])
        self.failed |= value is None
        return value

    def pattern(self) -> str | None:
        found = self._take("pattern", _read_pattern)
        return found if isinstance(found, str) else None

    def text(self, key: str) -> str | None:
        found = self._take(key, _read_value)
        return found if isinstance(found, str) else None

    def texts(self, key: str) -> tuple[str, ...]:
        found = self._take(
            key, lambda cursor: one_or_more(cursor, _read_value, "at least one tag value")
        )
        return found if isinstance(found, tuple) else ()

    def renamed(self) -> tuple[str, ...]:
        found = self._take(
            "rename", lambda cursor: one_or_more(cursor, _read_key, "at least one tag key")
        )
        return found if isinstance(found, tuple) else ()

    def inherit(self) -> bool:
        found = self._take("inherit", boolean)
        if found and self.resource is Kind.EXPERIMENT:
            self.found["inherit"].refuse(
                "`inherit` for the resource experiment, which has nothing above it",
                f"it only for the resource {Kind.TRIAL} or {Kind.COMPONENT}",
            )
            self.failed = True
        return found is True

    def normalise(self) -> tuple[tuple[str, str], ...]:
        found = self._take("normalise", _read_normalise)
        return found if isinstance(found, tuple) else ()


def _read_pattern(cursor: Cursor) -> str | None:
    spelled = text(cursor, _PATTERN)
    if spelled is None:
        return None
    try:
        Pattern(spelled)
    except PatternRefused as refused:
        cursor.refuse(f"{shown(spelled)}, with {refused}", _PATTERN, refused.suggestion)
        return None
    return spelled


def _read_normalise(cursor: Cursor) -> tuple[tuple[str, str], ...] | None:
    read = [
        (key, value, text(key, "a tag value"), _read_value(value))
        for key, value in pairs(cursor, "values, each with what it becomes")
    ]
    spelled = [(old, new) for _, _, old, new in read if old is not None and new is not None]
    if not read or len(spelled) < len(read):
        return None
    olds = {old for old, _ in spelled}
    for _, value, _, new in read:
        if new in olds:
            value.refuse(f"{shown(new)}, which is normalised itself", "a value that stays")
            return None
    return tuple(spelled)


def _sound(required: Required, found: dict[str, Cursor]) -> bool:
    """Whether what a tag would be repaired to is right by its own rule."""
    repairs = [("normalise", new) for _, new in required.normalise]
    if required.default is not None:
        repairs.append(("default", required.default))
    for key, value in repairs:
        if not _is_right(required, value):
            found[key].refuse(
                f"{shown(value)}, which the rule itself does not allow", "a value that is right"
            )
            return False
    if required.key in required.rename:
        found["rename"].refuse(f"{shown(required.key)}, the tag itself", "other tag keys")
        return False
    return True


def _is_right(required: Required, value: str) -> bool:
    if required.allowed and value not in required.allowed:
        return False
    return required.pattern is None or Pattern(required.pattern).matches(value)


def _apart(cursor: Cursor, required: Sequence[Required]) -> bool:
    """Whether no tag is renamed that another rule asks for or renames as well."""
    taken = [each.key for each in required]
    for key in _renamed(required):
        if key in taken:
            cursor.refuse(
                f"a rename of {shown(key)}, of which another rule speaks as well",
                "each tag key in one rule only",
            )
            return False
        taken.append(key)
    return True


def _renamed(required: Iterable[Required]) -> Iterable[str]:
    return (key for each in required for key in dict.fromkeys(each.rename))


def read_escalate(cursor: Cursor) -> Escalation | None:
    """Read what becomes of what nobody mends."""
    found = fields(cursor, ESCALATE_FIELDS)
    after = need(cursor, found, "after", SPELLING)
    action = need(cursor, found, "action", ", ".join(ESCALATIONS))
    grace = need(cursor, found, "grace", SPELLING)
    waits = duration(after) if after else None
    word = choice(action, ESCALATIONS) if action else None
    then = duration(grace) if grace else None
    if waits is None or word is None or then is None:
        return None
    return Escalation(waits, then)
