"""The vault's size, and what S3 asks for it a month."""

from decimal import Decimal

from sagewarden.core.report import spelled_fields
from sagewarden.core.storage import FREE, GIGABYTE, Price, Storage, measured, monthly

SIZES = [("archive", GIGABYTE), ("archive", GIGABYTE // 2), ("journal", 0)]


def test_objects_and_bytes_are_added_up_by_family() -> None:
    found = measured(SIZES, FREE)
    told = [(each.family, each.objects, each.size) for each in found.families]
    assert told == [("archive", 2, GIGABYTE * 3 // 2), ("journal", 1, 0)]
    assert (found.objects, found.size) == (3, GIGABYTE * 3 // 2)


def test_a_gigabyte_costs_its_price() -> None:
    assert monthly(1_073_741_824, Decimal("0.023")) == Decimal("0.023")


def test_families_stand_by_name() -> None:
    found = measured([("reports", 1), ("archive", 2), ("journal", 3)], FREE)
    assert [each.family for each in found.families] == ["archive", "journal", "reports"]


def test_the_price_is_told_with_whose_word_it_is() -> None:
    found = measured(SIZES, Price(Decimal("0.02"), "the settings"))
    told = (found.usd_per_gb_month, found.price_source, found.usd_per_month)
    assert told == ("0.02", "the settings", "0.0300")


def test_where_nothing_is_billed_so_no_cost_is_told() -> None:
    found = measured(SIZES, Price(None, "the settings"))
    assert (found.usd_per_gb_month, found.price_source, found.usd_per_month) == ("", "", "")


def test_it_comes_back_from_its_json() -> None:
    found = measured(SIZES, Price(Decimal("0.02"), "the settings"))
    assert Storage.read(spelled_fields(found)) == found
