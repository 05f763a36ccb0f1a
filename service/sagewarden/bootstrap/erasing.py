"""Wires the erasure of a person's data: the only importer of what deletes from a vault."""

import secrets
from datetime import UTC
from pathlib import Path

from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.vault.erasing import BucketCopies, DirectoryCopies, NoCopies
from sagewarden.adapters.vault.opening import bucket_and_prefix
from sagewarden.application.erasing import ErasurePlan, Order, erase
from sagewarden.application.judging import check_identity
from sagewarden.application.lease import leased
from sagewarden.application.ports.erasing import Copies
from sagewarden.application.signing import sign_link
from sagewarden.bootstrap import Wired, owned_s3, signer_of
from sagewarden.core.chain import Head
from sagewarden.core.erasure import Tombstone
from sagewarden.core.permissions.operations import Stage
from sagewarden.settings import Settings


def copies_of(settings: Settings, wired: Wired) -> Copies:
    """Return what finds and removes copies in the vault; S3 is asked as the archiver."""
    address = wired.bench.vault.address
    if address.startswith("s3://"):
        bucket, prefix = bucket_and_prefix(address)
        return BucketCopies(owned_s3(settings, wired.stages[Stage.ARCHIVER]), bucket, prefix)
    return NoCopies() if address == "memory" else DirectoryCopies(Path(address))


def carry_out(
    settings: Settings, wired: Wired, plan: ErasurePlan, reason: str
) -> tuple[Tombstone, Head]:
    """Carry out a plan under the target's lease, as who STS says that we are."""
    identity = check_identity(wired.bench)
    name = f"erasure-{wall_now().astimezone(UTC):%Y%m%dt%H%M%Sz}-{secrets.token_hex(4)}"
    wired.name.run = name
    seconds = settings.run.lease.total_seconds()
    with leased(wired.bench, run=name, seconds=seconds, nonce=secrets.token_hex(16)):
        tombstone, head = erase(wired.bench, plan, Order(erasure=name, by=identity, reason=reason))
        signer = signer_of(settings, wired)
        if signer is not None:
            sign_link(wired.bench, head, signer)
    return tombstone, head
