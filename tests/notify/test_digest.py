"""A digest on each channel that a person reads."""

from tests.core.test_digests import FIRST, NOW, SECOND, digest

from sagewarden.adapters.notify.aws import page
from sagewarden.adapters.notify.slack import payload
from sagewarden.adapters.notify.wording import subject, text

TOLD = digest(FIRST, SECOND).spelled(SECOND.run, NOW, "41:9b1e")


def test_its_subject_says_what_came_of_all_and_of_which_days() -> None:
    assert subject(TOLD) == (
        "SageWarden: 1 of 2 runs failed, 20 entities deleted, "
        "2026-11-18 to 2026-11-25 in 123456789012/us-east-1"
    )


def test_every_line_of_it_stands_in_each_form() -> None:
    forms = (text(TOLD), page(TOLD), payload(TOLD).decode())
    assert all(line in form for line in TOLD["lines"] for form in forms)
