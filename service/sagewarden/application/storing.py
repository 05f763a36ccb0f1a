"""Measures how much of a target lies in the vault."""

from sagewarden.application.ports import Bench
from sagewarden.core.keys import family_of, target_prefix
from sagewarden.core.storage import Price, Storage, measured


def storage(bench: Bench, price: Price) -> Storage:
    """Measure all of a target that lies in the vault, newest versions only."""
    sizes = bench.vault.sizes(target_prefix(bench.target))
    return measured(((family_of(key), size) for key, size in sizes), price)
