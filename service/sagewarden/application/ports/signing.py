"""Signatures under the links of the chain."""

from collections.abc import Callable
from typing import Protocol


class Signer(Protocol):
    """Holds a private key, or asks whoever holds it."""

    @property
    def algorithm(self) -> str:
        """How it signs: `ed25519` or `ecdsa-sha256`."""

    @property
    def key(self) -> str:
        """Which key it is, for people: no secret."""

    def sign(self, body: bytes) -> bytes:
        """Return the signature of these bytes; raise SigningFailed when there is none."""


Check = Callable[[str, bytes, bytes], bool]
"""Whether a signature (last) by an algorithm (first) is one of these bytes by the key at hand."""
