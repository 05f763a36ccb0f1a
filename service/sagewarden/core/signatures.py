"""A signature under one link of the chain: by the hashes before it, it vouches for all of those."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagewarden.core.canonical import canonical

SIGNATURE_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What was signed: `<number>:<SHA-256 of the link>`, in ASCII, as a head is spelled."""

    number: int
    sha256: str
    algorithm: str
    key: str
    signature: bytes

    def body(self) -> bytes:
        """Return it as it is stored."""
        return canonical(
            {
                "format": SIGNATURE_FORMAT,
                "number": self.number,
                "sha256": self.sha256,
                "algorithm": self.algorithm,
                "key": self.key,
                "signature": base64.b64encode(self.signature).decode("ascii"),
            }
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any], body: bytes) -> "Signature":
        """Read what `body` wrote; raise KeyError, TypeError or ValueError for anything else."""
        fields = dict(stored)
        if fields.pop("format") != SIGNATURE_FORMAT:
            raise ValueError(f"its format is not {SIGNATURE_FORMAT}")
        signature = base64.b64decode(fields.pop("signature"), validate=True)
        found = cls(**fields, signature=signature)
        if found.body() != body:
            raise ValueError("it is not in the one spelling that we write")
        return found
