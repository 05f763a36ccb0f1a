"""Which account an ARN of a role is of."""

import pytest

from sagewarden.core.accounts import account_of_role


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        ("arn:aws:iam::111122223333:role/sagewarden", "111122223333"),
        ("arn:aws:sts::111122223333:assumed-role/sagewarden/run:1", "111122223333"),
        ("arn:aws:iam::111122223333", ""),
        ("sagewarden", ""),
        ("", ""),
    ],
)
def test_an_account_stands_in_a_whole_arn_only(arn: str, account: str) -> None:
    assert account_of_role(arn) == account
