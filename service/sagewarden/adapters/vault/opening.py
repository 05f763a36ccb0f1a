"""From the vault's address in the settings to the vault."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.ports.vault import Vault
from sagewarden.core.keys import KEY_BYTES, is_key
from sagewarden.errors import SettingsError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_S3_KEY_BYTES = 1024
_FORMS = "An address is s3://bucket/prefix, the path of a directory, or memory:."


def open_vault(
    address: str,
    *,
    client: "Callable[[], S3Client] | None" = None,
    kms_key: str | None = None,
    wait: Callable[[float], object] | None = None,
) -> Vault:
    """Open the vault at an address: `s3://bucket/prefix`, a directory's path, or `memory:`.

    `client` makes the S3 client, and is called for an S3 address only; `kms_key` encrypts what
    goes there; `wait` is called between tries. Raise SettingsError for an address that is none
    of these, VaultError for a directory that cannot be used; a bucket is not asked yet.
    """
    if address == "memory:":
        return MemoryVault()
    if address.startswith("s3://"):
        if client is None:
            raise SettingsError(f"the vault {address} needs an S3 client")
        bucket, prefix = bucket_and_prefix(address)
        # boto3 is imported late: it takes longer than most commands
        from sagewarden.adapters.vault.s3 import S3Vault  # noqa: PLC0415

        return S3Vault(client(), bucket, prefix, kms_key=kms_key, wait=wait)
    if not address.strip() or "\0" in address or _SCHEME.match(address):
        raise SettingsError(f"not the address of a vault: {address!r}", advice=_FORMS)
    return DirectoryVault(Path(address).expanduser(), wait=wait)


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """Split an S3 address into bucket and prefix."""
    bucket, _, rest = address.removeprefix("s3://").partition("/")
    prefix = rest.removesuffix("/")
    if _BUCKET.fullmatch(bucket) is None:
        raise SettingsError(f"no bucket can have the name {bucket!r}", advice=_FORMS)
    if prefix and not (is_key(prefix) and len(prefix) < _S3_KEY_BYTES - KEY_BYTES):
        raise SettingsError(
            f"the vault's prefix cannot be {prefix!r}",
            advice="Use letters, digits and . _ = - between single slashes, 123 in all.",
        )
    return bucket, prefix
