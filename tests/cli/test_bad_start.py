"""`sandbox` and `demo` refuse what they cannot do, before they start anything."""

from urllib.parse import urlsplit

import pytest
from tests.cli.user import User


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["sandbox", "--port", "70000"], 'Invalid value "70000" for --port. Must be <= 65535.'),
        (["sandbox", "--components", "-1"], 'Invalid value "-1" for --components. Must be >= 0.'),
        (["sandbox", "--rate", "0"], "for --rate. Must be > 0."),
        (["sandbox", "--knob", "nonsense=1"], "the sandbox does not know"),
        (["sandbox", "--fault", "{"], "--fault: '{' is not JSON"),
        (["demo", "--components", "-1"], 'Invalid value "-1" for --components. Must be >= 0.'),
        (["demo", "--folder", "sagewarden.yaml"], "the demo cannot write below"),
    ],
)
def test_a_start_that_cannot_be_is_refused(user: User, words: list[str], told: str) -> None:
    ran = user(*words)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.words
    assert "do: " in ran.err


def test_a_port_that_is_taken_is_told(user: User) -> None:
    port = urlsplit(user.box.url).port
    ran = user("sandbox", "--port", str(port), "--components", "0")
    assert ran.code == 2
    assert f"the sandbox cannot listen on port {port}" in ran.words
    assert "do: Leave --port out, and it takes a free one." in ran.words
