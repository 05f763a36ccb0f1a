"""A daemon tells its operator of the last days."""

import json

from tests.cli.user import User
from tests.daemon.conftest import serves
from tests.daemon.watched import watched
from tests.notify.receiver import Receiver

OFTEN = {"at_start": False, "sweep": {"every": "30d"}, "digest": {"every": "1s"}}


def tells(user: User, receiver: Receiver) -> None:
    """Let the operator's web address be this one."""
    url = f"http://127.0.0.1:{receiver.port}/"
    notice = {
        "log_counts": True,
        "operator": {
            "url": url,
            "allow_http": True,
            "secret": "sixteen letters or more",
            "attempts": 1,
        },
    }
    serves(user, schedule=OFTEN, notice=notice)


def test_a_digest_comes_at_its_time_and_once(user: User) -> None:
    """What ran, what waits, what is in the vault; the same again is not sent again."""
    user("sweep")
    with Receiver().running() as receiver:
        tells(user, receiver)
        with watched(user) as daemon:
            daemon.until(lambda: len(daemon.events("digest.sent")) > 1, "two digests")
        ((headers, body),) = receiver.got
    told = json.loads(body)
    assert (told["kind"], told["figures"]["runs"], told["figures"]["marked"]) == (
        "digest",
        {"done": 1},
        1,
    )
    assert headers["Sagewarden-Notice"] == told["id"] == daemon.events("digest.sent")[0]["digest"]
    assert told["chain"].startswith("1:")


def test_a_digest_that_nobody_takes_is_a_trouble(user: User) -> None:
    """In the log and in /readyz; the daemon is ready all the same."""
    with Receiver(answers=[410]).running() as receiver:
        tells(user, receiver)
        with watched(user) as daemon:
            assert daemon.hears("inspection.unsound")["job"] == "digest"
            assert "answer 410" in daemon.ready()["troubles"][0]
