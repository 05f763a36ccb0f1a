"""A daemon tries out whether archives restore, and reads the vault back."""

from pathlib import Path

from tests.cli.user import User
from tests.daemon.conftest import serves
from tests.daemon.watched import watched

LOOKS = {
    "at_start": False,
    "sweep": {"every": "30d"},
    "drill": {"every": "2s", "sample": 5},
    "verify": {"every": "2s", "share": "100%"},
}


def test_drills_and_verifications_come_at_their_times_and_tell_what_they_found(user: User) -> None:
    """Sound first; once an archive is damaged they say so in the log, in /readyz and in metrics."""
    user("sweep")
    user.box.admin.advance(10)
    assert user("sweep").code == 0
    serves(user, schedule=LOOKS)
    with watched(user) as daemon:
        daemon.until(lambda: jobs(daemon.events("inspection.sound")) == {"drill", "verify"}, "both")
        drilled = next(each for each in daemon.events("inspection.sound") if each["job"] == "drill")
        assert (drilled["entities"], drilled["of"], drilled["fields"] > 10) == (4, 4, True)
        assert daemon.metric("sagewarden_inspections_total", result="sound") >= 2
        assert daemon.metric("process_resident_memory_bytes") < 140e6  # no fake AWS in it
        for file in (user.folder / "vault").rglob("*"):
            if "archive" in file.parts and file.is_file():
                damage(file)
        daemon.until(
            lambda: jobs(daemon.events("inspection.unsound")) == {"drill", "verify"}, "both unsound"
        )
        told = daemon.ready()
        assert (told["ready"], len(told["troubles"])) == (True, 2)
        assert daemon.metric("sagewarden_inspections_total", job="verify", result="unsound") >= 1
        assert user.writes().count("DeleteTrialComponent") == 2


def jobs(events: list[dict[str, str]]) -> set[str]:
    """Which jobs these are of."""
    return {each["job"] for each in events}


def damage(file: Path) -> None:
    """Change one byte in the midst of a file."""
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 0xFF
    file.chmod(0o600)
    file.write_bytes(body)
