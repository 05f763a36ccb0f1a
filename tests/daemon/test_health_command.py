"""`health`: what a container's health check asks, and what it is told."""

from urllib.parse import urlsplit

from tests.cli.user import User
from tests.daemon.watched import Watched


def test_a_daemon_that_lives_is_well(user: User, daemon: Watched) -> None:
    """By the address that its settings name; a container has no other."""
    port = urlsplit(daemon.began["health"]).port
    user.settles(web={"port": port})
    ran = user("health", "--json")
    assert (ran.code, ran.answer["well"]) == (0, True)


def test_a_daemon_that_is_ready_is_told_so(user: User, daemon: Watched) -> None:
    """Once its first run has ended well."""
    port = urlsplit(daemon.began["health"]).port
    daemon.hears("run.ended")
    user.settles(web={"port": port})
    ran = user("health", "--ready")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "well: it can do its work")
    assert "{" not in ran.words


def test_where_no_daemon_answers_nobody_is_well(user: User) -> None:
    user.settles(web={"port": 9})
    ran = user("health")
    assert (ran.code, "no daemon answers at 127.0.0.1:9" in ran.words) == (3, True)


def test_settings_that_are_wrong_by_now_leave_a_daemon_well(user: User, daemon: Watched) -> None:
    """It goes on with those it has, and nobody should restart it for them."""
    port = urlsplit(daemon.began["health"]).port
    user.settles(web={"port": port}, nonsense=1)
    assert user("plan").code == 2
    assert user("health").code == 0
