"""Signs with an Ed25519 key in a file, or has AWS KMS sign; checks either with a public key."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from sagewarden.application.ports.signing import Check
from sagewarden.errors import SettingsError, SigningFailed, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = "ed25519"
ECDSA = "ecdsa-sha256"
_EXTRA = "Install it with `pip install 'sagewarden[signing]'`."


class FileSigner:
    """Signs with the Ed25519 private key of a PEM file (PKCS 8, no password)."""

    algorithm = ED25519

    def __init__(self, path: Path) -> None:
        """Read the key; raise SettingsError when it is none."""
        self._private = _private(path)

    @property
    def key(self) -> str:
        """The SHA-256 of the public key's 32 bytes."""
        return hashlib.sha256(self._private.public_key().public_bytes_raw()).hexdigest()

    def sign(self, body: bytes) -> bytes:
        """Return the 64 bytes of RFC 8032."""
        return self._private.sign(body)


class KmsSigner:
    """Has KMS sign with a key of the kind ECC_NIST_P256, which never leaves it."""

    algorithm = ECDSA

    def __init__(self, client: Any, key: str) -> None:
        self._client = client
        self.key = key

    def sign(self, body: bytes) -> bytes:
        """Return a DER signature; raise SigningFailed when KMS gives none."""
        try:
            answer = self._client.sign(
                KeyId=self.key,
                Message=body,
                MessageType="RAW",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        except (ClientError, BotoCoreError) as error:
            raise SigningFailed(
                f"KMS did not sign with {self.key}: {error}",
                advice="Let the archiver's role use kms:Sign with that key, of the kind "
                "ECC_NIST_P256.",
            ) from error
        signature: bytes = answer["Signature"]
        return signature


def _private(path: Path) -> "Ed25519PrivateKey":
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 -- an extra
            Ed25519PrivateKey,
        )
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_pem_private_key,
        )
    except ImportError as error:
        raise SettingsError("signing needs the package cryptography", advice=_EXTRA) from error
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, TypeError, ValueError) as error:
        raise SettingsError(
            f"the key to sign with cannot be read from {path}: {error}", advice=MAKE_ONE
        ) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise SettingsError(f"{path} holds no Ed25519 key", advice=MAKE_ONE)
    return found


MAKE_ONE = (
    "Make one with `openssl genpkey -algorithm ed25519 -out signing.pem`, readable for nobody else."
)


def checker(path: Path) -> Check:
    """Return what checks signatures with a public key in a PEM file: Ed25519 or P-256.

    Raise UsageError when there is none in it.
    """
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 -- an extra
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_pem_public_key,
        )
    except ImportError as error:
        raise UsageError(
            "checking signatures needs the package cryptography", advice=_EXTRA
        ) from error
    try:
        public = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no public key can be read from {path}: {error}",
            advice="`openssl pkey -in signing.pem -pubout`, or `aws kms get-public-key`, gives it.",
        ) from error

    def check(algorithm: str, body: bytes, signature: bytes) -> bool:
        try:
            if algorithm == ED25519 and isinstance(public, ed25519.Ed25519PublicKey):
                public.verify(signature, body)
            elif algorithm == ECDSA and isinstance(public, ec.EllipticCurvePublicKey):
                public.verify(signature, body, ec.ECDSA(SHA256()))
            else:
                return False
        except InvalidSignature:
            return False
        return True

    return check
