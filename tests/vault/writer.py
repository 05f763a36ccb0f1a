"""A process of its own that writes into a directory vault: `writer.py WHAT ROOT`.

`create` and `replace` wait for a line on stdin, so that two of them start together; `forever`
writes until it is killed.
"""

import itertools
import sys
from pathlib import Path

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.errors import VaultChanged, VaultExists

ROUNDS = 100


def create(vault: DirectoryVault, name: bytes) -> int:
    """Count the keys that were ours first."""
    won = 0
    for number in range(ROUNDS):
        try:
            vault.create(f"v1/race/{number}", name)
        except VaultExists:
            continue
        won += 1
    return won


def replace(vault: DirectoryVault, _name: bytes) -> int:
    """Count one object up, and how often that was us."""
    won = 0
    while won < ROUNDS:
        found = vault.get("v1/count")
        try:
            vault.replace("v1/count", str(int(found.body) + 1).encode(), found.version)
        except VaultChanged:
            continue
        won += 1
    return won


def forever(vault: DirectoryVault, _name: bytes) -> int:
    """Write objects that tell whether they are whole."""
    version = vault.create("v1/current", b"0" * 300_000)
    for number in itertools.count(1):
        body = f"{number % 10}".encode() * 300_000
        vault.create(f"v1/once/{number:08d}", body)
        version = vault.replace("v1/current", body, version)
    return 0


if __name__ == "__main__":
    vault = DirectoryVault(Path(sys.argv[2]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    name = sys.stdin.readline().encode()
    work = {"create": create, "replace": replace, "forever": forever}[sys.argv[1]]
    sys.stdout.write(f"{work(vault, name)}\n")
