"""What a gigabyte in the vault costs, as settings and defaults say."""

from decimal import Decimal
from typing import Any

from sagewarden.bootstrap import price_of
from sagewarden.core.storage import PRICE, PRICE_SET, PRICE_SOURCE, Price
from sagewarden.settings import load_settings


def priced(**vault: Any) -> Price:
    return price_of(load_settings(given={"vault": vault}).settings)


def test_a_bucket_costs_what_the_price_list_says() -> None:
    assert priced(address="s3://b/p") == Price(Decimal(PRICE), PRICE_SOURCE)


def test_a_price_of_ones_own_is_told_as_such() -> None:
    found = priced(address="s3://b/p", usd_per_gb_month="0.0125")
    assert found == Price(Decimal("0.0125"), PRICE_SET)


def test_a_vault_on_a_disk_has_no_price() -> None:
    assert priced(address="vault").usd_per_gb_month is None
