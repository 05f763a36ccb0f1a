"""The channels that need nobody's server."""

import json
from pathlib import Path

import pytest

from sagewarden.adapters.notify.local import FileChannel, LogChannel
from sagewarden.errors import NoticeRefused


def test_a_file_channel_appends_one_line_a_notice(tmp_path: Path) -> None:
    """Whoever reads the file can drop a second by its id."""
    channel = FileChannel(tmp_path / "notices.jsonl")
    channel.send({"id": "a", "owner": "x"})
    channel.send({"id": "b", "owner": "y"})
    read = (tmp_path / "notices.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in read] == ["a", "b"]


@pytest.mark.parametrize("text", ["a\nb", "\ud800", "\u202e", "\x1b[2J"], ids=ascii)
def test_no_text_from_aws_breaks_a_line_of_the_file(tmp_path: Path, text: str) -> None:
    FileChannel(tmp_path / "notices.jsonl").send({"id": "a", "owner": text})
    (line,) = (tmp_path / "notices.jsonl").read_text("ascii").splitlines()
    assert json.loads(line)["owner"] == text


def test_a_file_that_cannot_be_written_did_not_accept(tmp_path: Path) -> None:
    """A mark stays unannounced then."""
    with pytest.raises(NoticeRefused):
        FileChannel(tmp_path / "missing" / "notices.jsonl").send({"id": "a"})


def test_the_log_counts_only_when_told_so() -> None:
    """The setting decides whether the log alone makes a mark announced."""
    assert (LogChannel(counts=False).counts, LogChannel(counts=True).counts) == (False, True)
