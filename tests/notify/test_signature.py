"""The example in deploy/NOTICES.md, by which a receiver checks who posts, does what it says."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.notify.receiver import Receiver

from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.notify.webhook import Endpoint, WebhookChannel

PAGE = Path(__file__).parents[2] / "deploy" / "NOTICES.md"
SECRET = b"a secret of ours"
Check = Callable[[bytes, str, bytes], bool]


@pytest.fixture(scope="module")
def is_ours() -> Check:
    """What stands in the document."""
    found = re.search(r"<!-- signature -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    assert len(found[1].strip().splitlines()) <= 10
    space: dict[str, Any] = {}
    exec(found[1], space)  # noqa: S102 -- the document's own example
    made: Check = space["is_ours"]
    return made


def posted(now: Callable[[], datetime] = wall_now) -> tuple[str, bytes]:
    """A request as a receiver gets it: its signature and its body."""
    with Receiver().running() as receiver:
        endpoint = Endpoint(url=receiver.url(), shown="", secret=SECRET, seconds=5.0, attempts=1)
        WebhookChannel(endpoint, "webhook", now, lambda _: None).send(
            {"id": "n", "owner": "ü\ud800"}
        )
    ((headers, body),) = receiver.got
    return headers["Sagewarden-Signature"], body


def test_what_we_post_is_ours(is_ours: Check) -> None:
    assert is_ours(SECRET, *posted())


def test_another_secret_or_another_body_is_not(is_ours: Check) -> None:
    signature, body = posted()
    assert not is_ours(b"another secret..", signature, body)
    assert not is_ours(SECRET, signature, body + b" ")


def test_what_is_old_or_from_the_future_is_not(is_ours: Check) -> None:
    for shift in (timedelta(minutes=-6), timedelta(minutes=6)):
        at = datetime.fromtimestamp(time.time(), UTC) + shift
        assert not is_ours(SECRET, *posted(lambda at=at: at))  # type: ignore[misc]


@pytest.mark.parametrize("signature", ["", "t=,v1=", "t=x,v1=y", "v1=00", "t=1", "=", "t=²,v1=é"])
def test_what_is_no_signature_is_not(is_ours: Check, signature: str) -> None:
    """And breaks nothing."""
    assert not is_ours(SECRET, signature, b"{}")
