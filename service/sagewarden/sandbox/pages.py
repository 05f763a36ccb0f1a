"""Pages and their tokens. A token names the last place seen, so it outlives changes below it."""

import base64
import itertools
from typing import Any

import orjson

from sagewarden.sandbox.refusal import Refusal, invalid

_serial = itertools.count(1)


def token_of(place: Any) -> str:
    """Write a place as a token; two tokens for one place differ in text."""
    return base64.urlsafe_b64encode(orjson.dumps([next(_serial), place])).decode()


def place_of(token: str | None) -> Any:
    """Read the place out of a token; None is the beginning."""
    if token is None:
        return None
    try:
        return orjson.loads(base64.urlsafe_b64decode(token.encode()))[1]
    except (ValueError, IndexError, TypeError):
        raise invalid("Invalid NextToken provided.") from None


def page_length(asked: int | None, usual: int, cap: int | None) -> int:
    """Decide how long a page gets."""
    length = asked or usual
    return min(length, cap) if cap else length


def wrong_token() -> Refusal:
    """Refuse a token that belongs to another query."""
    return invalid("The NextToken does not belong to this request.")
