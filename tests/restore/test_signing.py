"""A signature vouches for a link and all before it; what was not signed with the key is found."""

import base64
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.restore.account import Account

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.adapters.vault.signing import FileSigner, checker
from sagewarden.application.chain import extend_chain, recording
from sagewarden.application.signing import sign_link
from sagewarden.application.verify import Scope, Verification, verify
from sagewarden.core.canonical import canonical, sha256
from sagewarden.core.keys import chain_key, report_key, signature_key
from sagewarden.errors import IntegrityError, SettingsError, UsageError

TOOL = Path(__file__).parents[2] / "deploy" / "verify_chain.py"


def made(folder: Path, name: str) -> tuple[FileSigner, Path]:
    """A signer with a key of its own, and the file of its public key."""
    private = Ed25519PrivateKey.generate()
    secret, public = folder / f"{name}.pem", folder / f"{name}.pub"
    secret.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return FileSigner(secret), public


@pytest.fixture
def keys(tmp_path: Path) -> tuple[FileSigner, Path]:
    return made(tmp_path, "ours")


def run(account: Account, number: int, signer: FileSigner | None) -> None:
    """A run that only reports, and signs its link if it can."""
    bench, recorded = recording(account.bench)
    name = f"run-{number}"
    bench.vault.create(report_key(bench.target, name, "report.json"), b"{}")
    head = extend_chain(bench, recorded, name)
    if signer is not None:
        sign_link(bench, head, signer)


def checked(account: Account, public: Path) -> Verification:
    return verify(account.bench, Scope(check=checker(public)))


def wrongs(account: Account, public: Path) -> list[str]:
    return [each.wrong for each in checked(account, public).findings]


def test_what_is_signed_is_vouched_for(account: Account, keys: tuple[FileSigner, Path]) -> None:
    """Up to the newest link, though a run in between died before it signed."""
    signer, public = keys
    for number, each in enumerate([signer, None, signer], 1):
        run(account, number, each)
    result = checked(account, public)
    assert (result.sound, result.vouched.signatures, result.vouched.up_to) == (True, 2, 3)
    assert verify(account.bench).vouched.up_to is None


def test_a_newest_link_without_a_signature_is_found(
    account: Account, keys: tuple[FileSigner, Path]
) -> None:
    """Whoever forges links at the end of the chain cannot sign them."""
    signer, public = keys
    run(account, 1, signer)
    run(account, 2, None)
    run(account, 3, None)
    assert wrongs(account, public) == ["links 2 to 3 are not signed with this key"]


def test_a_signature_by_another_key_is_found(
    account: Account, keys: tuple[FileSigner, Path], tmp_path: Path
) -> None:
    other, _ = made(tmp_path, "other")
    run(account, 1, other)
    assert wrongs(account, keys[1]) == [
        "link 1 was not signed with this key",
        "links 1 to 1 are not signed with this key",
    ]


def test_a_signature_of_another_link_is_found(
    account: Account, keys: tuple[FileSigner, Path]
) -> None:
    signer, public = keys
    run(account, 1, signer)
    run(account, 2, signer)
    one, two = (signature_key(account.bench.target, number) for number in (1, 2))
    account.rewrite(two, account.vault.get(one).body)
    assert "it says that it is of link 1" in wrongs(account, public)


def test_a_link_that_was_changed_after_it_was_signed_is_found(
    account: Account, keys: tuple[FileSigner, Path]
) -> None:
    """Though the whole chain was made anew behind it, and the signature's hash with it."""
    signer, public = keys
    run(account, 1, signer)
    key = chain_key(account.bench.target, 1)
    forged = account.vault.get(key).body.replace(b"run-1", b"run-7")
    account.rewrite(key, forged)
    assert "link 1 is not the one that was signed" in wrongs(account, public)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"format":2}', b"[]"])
def test_a_garbled_signature_is_found_without_a_key_too(
    account: Account, keys: tuple[FileSigner, Path], body: bytes
) -> None:
    run(account, 1, keys[0])
    account.rewrite(signature_key(account.bench.target, 1), body)
    assert len(verify(account.bench).findings) == 1


def test_a_signature_in_another_spelling_is_found(
    account: Account, keys: tuple[FileSigner, Path]
) -> None:
    run(account, 1, keys[0])
    key = signature_key(account.bench.target, 1)
    told = json.loads(account.vault.get(key).body)
    account.rewrite(key, json.dumps(told, indent=1).encode())
    assert len(verify(account.bench).findings) == 1
    account.rewrite(key, canonical({**told, "signature": "!"}))
    assert len(verify(account.bench).findings) == 1


def test_a_link_that_changed_before_it_was_signed_is_not_signed(
    account: Account, keys: tuple[FileSigner, Path]
) -> None:
    bench, recorded = recording(account.bench)
    bench.vault.create(report_key(bench.target, "run-1", "report.json"), b"{}")
    head = extend_chain(bench, recorded, "run-1")
    with pytest.raises(IntegrityError, match="not the one that was written"):
        sign_link(bench, replace(head, sha256="0" * 64), keys[0])


def test_a_second_signature_of_a_link_leaves_the_first(
    account: Account, keys: tuple[FileSigner, Path]
) -> None:
    bench, recorded = recording(account.bench)
    bench.vault.create(report_key(bench.target, "run-1", "report.json"), b"{}")
    head = extend_chain(bench, recorded, "run-1")
    sign_link(bench, head, keys[0])
    sign_link(bench, head, keys[0])
    assert [event for event, _ in account.heard.events] == ["chain.signed-before"]


def test_the_other_verifier_says_that_it_does_not_check(
    account: Account, keys: tuple[FileSigner, Path], tmp_path: Path
) -> None:
    vault = DirectoryVault(tmp_path / "vault")
    account = replace(account, bench=replace(account.bench, vault=vault))
    run(account, 1, keys[0])
    target = account.bench.target
    folder = tmp_path / "vault" / "v1" / target.account / target.region
    ran = subprocess.run(
        [sys.executable, TOOL, folder], capture_output=True, text=True, check=False
    )
    assert (
        ran.returncode,
        "1 links are signed; the signatures are not checked here" in ran.stdout,
    ) == (0, True)


def test_openssl_alone_checks_a_signature(
    account: Account, keys: tuple[FileSigner, Path], tmp_path: Path
) -> None:
    """What is signed is the head, as anybody can spell it with sha256sum."""
    run(account, 1, keys[0])
    link = account.vault.get(chain_key(account.bench.target, 1)).body
    head, signature = tmp_path / "head", tmp_path / "signature"
    head.write_text(f"1:{sha256(link)}")
    stored = json.loads(account.vault.get(signature_key(account.bench.target, 1)).body)
    signature.write_bytes(base64.b64decode(stored["signature"]))
    words = (
        f"openssl pkeyutl -verify -pubin -inkey {keys[1]} -rawin -in {head} -sigfile {signature}"
    )
    ran = subprocess.run(words.split(), capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in ran.stdout


def test_what_is_no_private_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    other = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (tmp_path / "other").write_bytes(other)
    for name in ("empty", "none", "other"):
        with pytest.raises(SettingsError, match=r"cannot be read|no Ed25519 key"):
            FileSigner(tmp_path / name)


def test_what_is_no_public_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no public key can be read"):
        checker(tmp_path / "none")
