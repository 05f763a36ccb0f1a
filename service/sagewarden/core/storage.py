"""How much the vault holds, and what S3 asks for it a month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

GIGABYTE = 2**30
"""What S3 bills as a GB (the storage examples of its FAQ)."""

PRICE = "0.023"
"""US dollars for a GB of S3 Standard and a month, the first 50 TB, in us-east-1.

It is AWS's price since December 2016; we checked it last in 2025. Other regions and storage
classes have others: `vault.usd_per_gb_month` says which.
"""

PRICE_SOURCE = (
    "list price of S3 Standard, us-east-1, first 50 TB, as of 2025 (aws.amazon.com/s3/pricing)"
)

PRICE_SET = "as the setting vault.usd_per_gb_month has it"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a gigabyte and a month (None: nothing is billed so), and whose word it is."""

    usd_per_gb_month: Decimal | None
    source: str


FREE = Price(None, "")
"""Of a vault on a disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFamily:
    """One family of objects: how many there are, and their bytes, newest versions only."""

    family: str
    objects: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """All of a target that lies in the vault.

    `usd_per_gb_month` and `usd_per_month` are spelled decimals, empty where nothing is billed by
    the gigabyte: a vault on a disk. Requests and older versions are not in it.
    """

    families: tuple[StoredFamily, ...]
    objects: int
    size: int
    usd_per_gb_month: str = ""
    price_source: str = ""
    usd_per_month: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Storage":
        """Read it as reports spell it; raise KeyError or TypeError when it is broken."""
        families = tuple(StoredFamily(**each) for each in stored["families"])
        return cls(**{**stored, "families": families})


def measured(sizes: Iterable[tuple[str, int]], price: Price) -> Storage:
    """Add up objects by family, and price them; `sizes` gives each object's family and bytes."""
    per_gb = price.usd_per_gb_month
    counts: dict[str, list[int]] = {}
    for family, size in sizes:
        found = counts.setdefault(family, [0, 0])
        found[0] += 1
        found[1] += size
    families = tuple(
        StoredFamily(family=name, objects=count, size=size)
        for name, (count, size) in sorted(counts.items())
    )
    total = sum(each.size for each in families)
    cost = "" if per_gb is None else f"{monthly(total, per_gb):.4f}"
    return Storage(
        families=families,
        objects=sum(each.objects for each in families),
        size=total,
        usd_per_gb_month="" if per_gb is None else str(per_gb),
        price_source="" if per_gb is None else price.source,
        usd_per_month=cost,
    )


def monthly(size: int, price: Decimal) -> Decimal:
    """Return what so many bytes cost for a month, in US dollars."""
    return Decimal(size) / GIGABYTE * price
