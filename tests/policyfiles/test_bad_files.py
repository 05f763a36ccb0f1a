"""Each bad file is refused with exactly the message that stands beside it.

A case is `bad/NAME.yaml`, or a directory `bad/NAME/`; its message is `bad/NAME.txt`.
"""

from pathlib import Path

import pytest

from sagewarden.adapters.policyfiles import PoliciesRefused, load_policies

BAD = Path(__file__).parent / "bad"
CASES = sorted(path.name for path in BAD.iterdir() if path.suffix != ".txt")


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_with_its_exact_message(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)
    expected = (BAD / case).with_suffix(".txt").read_text(encoding="utf-8")
    with pytest.raises(PoliciesRefused) as refused:
        load_policies(Path(case))
    assert f"{refused.value}\n" == expected


def test_every_expected_message_has_its_case() -> None:
    assert {Path(case).stem for case in CASES} == {path.stem for path in BAD.glob("*.txt")}
