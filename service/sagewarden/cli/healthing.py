"""`health`: asks the daemon on this machine, for whoever watches a container."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import say_json, say_line
from sagewarden.cli.options import Where
from sagewarden.core.visible import visible
from sagewarden.errors import ReadFailed

WHERE = Where()

PATIENCE = 4.0
"""Seconds for an answer: less than a container's health check allows."""

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- read, not listened at


def health(
    *,
    ready: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    where: Where = WHERE,
) -> int:
    """Ask the daemon on this machine whether it lives; exit code 3 if not.

    Parameters
    ----------
    ready
        Ask whether it can do its work, too, and say why not.
    """
    from sagewarden.settings import load_web  # noqa: PLC0415 -- slow to import

    web = load_web(where.config, secrets=where.secrets)
    path = "/readyz" if ready else "/livez"
    status, told = _asked(ANYWHERE.get(web.host, web.host), web.port, path)
    well = status == HTTPStatus.OK
    if where.json:
        say_json({"well": well, "told": told})
    else:
        for line in _words(told if isinstance(told, dict) else {}, well=well, ready=ready):
            say_line(Text(visible(line)))
    return 0 if well else ReadFailed.exit_code


def _words(told: Mapping[str, Any], *, well: bool, ready: bool) -> Iterator[str]:
    """Say what the daemon answered, a line for each thing."""
    if not ready:
        yield "well: the daemon lives" if well else "not well: it answers, but works no more"
        return
    yield "well: it can do its work" if well else "not well: it cannot do its work"
    yield from (f"  bars it: {each}" for each in told.get("reasons", ()))
    yield from (f"  look at: {each}" for each in told.get("troubles", ()))
    for target, each in told.get("targets", {}).items():
        yield f"  {' '.join(filter(None, (target, each.get('name'))))}: {_run(each)}"
    yield from (f"  next {job}: {when}" for job, when in told.get("next", {}).items())


def _run(each: Mapping[str, Any]) -> str:
    """Say how a target's last run went."""
    last = f"last run {each.get('last')}" if each.get("last") else "no run has ended yet"
    seconds = each.get("good_seconds_ago")
    good = "" if seconds is None else f"last good one {_ago(seconds)} ago"
    return ", ".join(filter(None, (last, good, "one is under way" if each.get("running") else "")))


def _ago(seconds: int) -> str:
    return str(timedelta(seconds=seconds))


def _asked(host: str, port: int, path: str) -> tuple[int, object]:
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, HTTPException, ValueError) as error:
        raise ReadFailed(
            f"no daemon answers at {host}:{port}: {type(error).__name__}: {error}",
            advice="Start it with `sagewarden serve`, or set web.host and web.port as it has them.",
        ) from error
    finally:
        connection.close()
