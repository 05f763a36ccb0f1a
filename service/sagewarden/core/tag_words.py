"""What AWS takes as a tag; the reader of policies needs nothing else of tags."""

import unicodedata

MOST_TAGS = 50
"""Tags that an entity may carry (AWS's limit); AWS's own, under `aws:`, do not count."""

AWS_TAGS = "aws:"
"""Tags under this prefix, in any case, are AWS's: nobody else may write them."""

_LONGEST_KEY, _LONGEST_VALUE = 128, 256
_SIGNS = frozenset("_.:/=+-@")


def is_value(text: str) -> bool:
    """Whether AWS takes it as a tag's value: letters, digits, blanks, `_.:/=+-@`, at most 256."""
    return len(text) <= _LONGEST_VALUE and all(map(_allowed, text))


def is_key(text: str) -> bool:
    """Whether it may be written as a tag's key: AWS takes it, and it is not one of AWS's own."""
    fits = 0 < len(text) <= _LONGEST_KEY and all(map(_allowed, text))
    return fits and not text.lower().startswith(AWS_TAGS)


def _allowed(letter: str) -> bool:
    return letter in _SIGNS or unicodedata.category(letter)[0] in "LZN"
