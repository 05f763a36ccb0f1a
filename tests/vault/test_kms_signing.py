"""KMS signs links of the chain, and its public key checks them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boto3.session import Session
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from moto import mock_aws

from sagewarden.adapters.vault.signing import ECDSA, ED25519, KmsSigner, checker
from sagewarden.errors import SigningFailed


@pytest.fixture
def kms(session: Session) -> Iterator[Any]:
    """A client of a fake KMS."""
    with mock_aws():
        yield session.client("kms")


def key_in(kms: Any) -> str:
    made = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
    return str(made["KeyMetadata"]["KeyId"])


def public_key(kms: Any, key: str, folder: Path) -> Path:
    found = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    path = folder / "public.pem"
    path.write_bytes(found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def test_what_kms_signed_its_public_key_checks(kms: Any, tmp_path: Path) -> None:
    """And nothing else, by no other algorithm."""
    key = key_in(kms)
    signer, check = KmsSigner(kms, key), checker(public_key(kms, key, tmp_path))
    signature = signer.sign(b"link")
    assert (signer.algorithm, signer.key) == (ECDSA, key)
    assert check(ECDSA, b"link", signature)
    assert not check(ECDSA, b"another", signature)
    assert not check(ED25519, b"link", signature)
    assert not check(ECDSA, b"link", signature[:-1])


def test_a_refusal_of_kms_says_what_to_do(kms: Any) -> None:
    with pytest.raises(SigningFailed, match="KMS did not sign with") as refused:
        KmsSigner(kms, "00000000-0000-0000-0000-000000000000").sign(b"link")
    assert "kms:Sign" in refused.value.advice
