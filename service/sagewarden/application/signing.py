"""Signs links of the chain, and tells up to which link a public key vouches for it.

A signature is of one link, and so of all before it: each holds the hash of the one before. A run
that died before it signed leaves no gap, because the next signature covers its link.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sagewarden.application.documents import parse
from sagewarden.application.ports import Bench
from sagewarden.application.ports.signing import Check, Signer
from sagewarden.application.walk import Finding
from sagewarden.core.canonical import sha256
from sagewarden.core.chain import Head
from sagewarden.core.keys import Family, chain_key, prefix, sequence_of, signature_key
from sagewarden.core.signatures import Signature
from sagewarden.errors import IntegrityError, VaultError, VaultExists


def sign_link(bench: Bench, head: Head, signer: Signer) -> None:
    """Sign a link as it lies in the vault; raise IntegrityError unless that is what was written.

    Raise SigningFailed or VaultError when it stays unsigned: the next run's signature covers it.
    """
    body = bench.vault.get(chain_key(bench.target, head.number)).body
    if sha256(body) != head.sha256:
        raise IntegrityError(f"link {head.number} of the chain is not the one that was written")
    signed = Signature(
        number=head.number,
        sha256=head.sha256,
        algorithm=signer.algorithm,
        key=signer.key,
        signature=signer.sign(_message(head.number, head.sha256)),
    )
    try:
        bench.vault.create(signature_key(bench.target, head.number), signed.body())
    except VaultExists:
        bench.events("chain.signed-before", link=head.number)


def _message(number: int, known: str) -> bytes:
    """Return what is signed: the head as `verify` prints it; KMS takes 4,096 bytes at most."""
    return str(Head(number, known)).encode("ascii")


@dataclass(slots=True)
class Vouched:
    """How many signatures there are, and up to which link they hold.

    `up_to` is None when no key was given to check them with.
    """

    signatures: int = 0
    up_to: int | None = None
    findings: list[Finding] = field(default_factory=list)


def vouch(bench: Bench, check: Check | None, head: Head | None) -> Vouched:
    """Check every signature with a public key, and that they reach the chain's `head`.

    Without a key they are only counted. Raise VaultError when the vault cannot be listed.
    """
    result, good = Vouched(), []
    for key, each in _signatures(bench):
        result.signatures += 1
        wrong = each if isinstance(each, str) else check and _wrong(bench, key, each, check)
        if wrong:
            result.findings.append(Finding(key, wrong))
        elif isinstance(each, Signature):
            good.append(each.number)
    if check is not None:
        result.up_to = max(good, default=0)
        if head is not None and result.up_to < head.number:
            unsigned = signature_key(bench.target, head.number)
            told = f"links {result.up_to + 1} to {head.number} are not signed with this key"
            result.findings.append(Finding(unsigned, told))
    for finding in result.findings:
        bench.events("verify.finding", key=finding.key, wrong=finding.wrong)
    return result


def _signatures(bench: Bench) -> Iterator[tuple[str, Signature | str]]:
    """Yield each signature by key, or why it is none."""
    for key in bench.vault.list(prefix(bench.target, Family.SIGNATURES)):
        try:
            stored = bench.vault.get(key)
            found = Signature.read(parse(key, stored), stored.body)
        except (VaultError, IntegrityError) as error:
            yield key, error.message
        except (KeyError, TypeError, ValueError) as error:
            yield key, f"it is no signature of ours: {error}"
        else:
            yield key, found


def _wrong(bench: Bench, key: str, signed: Signature, check: Check) -> str:
    if key != signature_key(bench.target, signed.number) or sequence_of(key) != signed.number:
        return f"it says that it is of link {signed.number}"
    try:
        body = bench.vault.get(chain_key(bench.target, signed.number)).body
    except VaultError as error:
        return error.message
    if sha256(body) != signed.sha256:
        return f"link {signed.number} is not the one that was signed"
    if not check(signed.algorithm, _message(signed.number, signed.sha256), signed.signature):
        return f"link {signed.number} was not signed with this key"
    return ""
