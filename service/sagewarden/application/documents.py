"""JSON objects in the vault."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from sagewarden.application.ports.vault import Stored, Vault
from sagewarden.core.canonical import canonical_pieces
from sagewarden.errors import IntegrityError, VaultAbsent, VaultExists


def create_document(vault: Vault, key: str, content: Mapping[str, Any]) -> bytes:
    """Write a new object in its canonical spelling; return the bytes.

    What is long in it may be an iterator: a million rows are never all there as values of JSON.
    """
    body = spell(content)
    vault.create(key, body)
    return body


def spell(content: Mapping[str, Any]) -> bytes:
    """Return an object's bytes, which are there once and not a second time while they grow."""
    body = BytesIO()
    body.writelines(canonical_pieces(content))
    return body.getvalue()


def create_once(vault: Vault, key: str, content: Mapping[str, Any]) -> None:
    """Write a new object; one of that key that is there already stays as it is."""
    try:
        create_document(vault, key, content)
    except VaultExists:
        return


def read_document(vault: Vault, key: str) -> dict[str, Any]:
    """Read an object; raise VaultAbsent when there is none, IntegrityError when it is no JSON."""
    return parse(key, vault.get(key))


def read_or_none(vault: Vault, key: str) -> tuple[dict[str, Any], str] | None:
    """Read an object and its version, or None when there is none."""
    try:
        stored = vault.get(key)
    except VaultAbsent:
        return None
    return parse(key, stored), stored.version


def parse(key: str, stored: Stored) -> dict[str, Any]:
    """Parse an object's bytes; raise IntegrityError unless they are a JSON object."""
    try:
        content = json.loads(stored.body)
    except ValueError as error:
        raise IntegrityError(f"{key} in the vault is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise IntegrityError(f"{key} in the vault is not a JSON object")
    return content


def put_document(vault: Vault, key: str, content: Mapping[str, Any], version: str | None) -> str:
    """Write over the object of this version, or create it when `version` is None."""
    body = spell(content)
    if version is None:
        return vault.create(key, body)
    return vault.replace(key, body, version)
