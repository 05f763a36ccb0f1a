"""Log lines: one JSON object each, and nothing from AWS can forge one."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from sagewarden.adapters.telemetry.logs import bound, configure_logs, tell


@pytest.fixture
def stream() -> Iterator[StringIO]:
    before = logging.getLogger().handlers, logging.getLogger().level
    stream = StringIO()
    configure_logs(as_json=True, stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers, logging.getLogger().level = before


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line(stream: StringIO) -> None:
    """Name, level, time and fields."""
    tell("turn.stopped", entity="trial-component a", reason="held")
    (line,) = lines(stream)
    assert {key: line[key] for key in ("event", "level", "entity", "reason")} == {
        "event": "turn.stopped",
        "level": "info",
        "entity": "trial-component a",
        "reason": "held",
    }


@pytest.mark.parametrize(
    ("event", "code", "level"),
    [
        *(("run.ended", 0, "info"), ("run.ended", 6, "info"), ("run.ended", 11, "info")),
        *(("run.ended", 3, "warning"), ("run.ended", 1, "warning"), ("run.stopped", 0, "warning")),
    ],
)
def test_what_somebody_may_be_woken_for_is_a_warning(
    stream: StringIO, event: str, code: int, level: str
) -> None:
    """By its name, or because a run ended otherwise than well."""
    tell(event, exit_code=code)
    (line,) = lines(stream)
    assert line["level"] == level


def test_what_one_looks_for_comes_first(stream: StringIO) -> None:
    """Time, level and event, whatever else there is."""
    tell("run.began", a=1)
    assert list(lines(stream)[0])[:3] == ["timestamp", "level", "event"]


def test_what_is_bound_is_in_each_line_of_the_thread(stream: StringIO) -> None:
    """In the libraries' lines too, and in none after it."""
    with bound(run="r", region="eu-west-1"):
        tell("run.began")
        logging.getLogger("botocore").warning("slow down")
    tell("run.ended")
    told = [(each.get("run"), each.get("region")) for each in lines(stream)]
    assert told == [("r", "eu-west-1"), ("r", "eu-west-1"), (None, None)]


@pytest.mark.parametrize(
    "text", ['x"}\n{"event": "forged"}', "\x1b[2J", "a\r\nb", "\u202eevil", "\x00", "\ud800"]
)
def test_no_text_from_aws_forges_a_line(stream: StringIO, text: str) -> None:
    """Control characters become visible signs, and quotes are escaped."""
    tell("turn.stopped", reason=text)
    assert [line["event"] for line in lines(stream)] == ["turn.stopped"]
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_the_libraries_lines_have_the_same_form(stream: StringIO) -> None:
    """Botocore's warnings stand in the same stream as ours."""
    logging.getLogger("botocore").warning("slow down")
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("slow down", "warning")
