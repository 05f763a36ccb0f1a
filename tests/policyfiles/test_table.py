"""Every refusal of the loader has a bad file that meets it, and there are bad files enough."""

from tests.policyfiles.table import BEYOND, refusals, table

ROWS = table()


def test_every_refusal_has_a_bad_file() -> None:
    assert [refusal for refusal, files in ROWS.items() if not files] == []


def test_no_refusal_hides_behind_another_of_the_same_words() -> None:
    assert len(ROWS) == len(refusals())


def test_there_are_at_least_sixty_bad_files_and_refusals() -> None:
    assert min(len({name for files in ROWS.values() for name in files}), len(ROWS)) >= 60


def test_what_no_file_can_meet_is_little() -> None:
    assert len(BEYOND) == 2
