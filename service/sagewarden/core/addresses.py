"""Which owners are e-mail addresses that may be written to.

Owners are texts that anybody may set as a tag: only plain addresses of domains that settings name
are ever written to, and never more than one.
"""

import re
from collections.abc import Iterable

_ADDRESS = re.compile(
    r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
)
_LONGEST_LOCAL = 64
"""Octets before the @ (RFC 5321, 4.5.3.1.1)."""

_LONGEST = 254


DOMAIN = r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


def is_address(text: str) -> bool:
    """Whether a text is one plain address and nothing else."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(found[1]) <= _LONGEST_LOCAL and len(text) <= _LONGEST


def address_of(owner: str, domains: Iterable[str]) -> str | None:
    """Return the owner's address; None unless it is one, in exactly one of these domains."""
    if not is_address(owner):
        return None
    domain = owner.rpartition("@")[2].lower()
    return owner if domain in {each.lower() for each in domains} else None
