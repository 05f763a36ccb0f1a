"""`health`: asks the daemon on this machine, for whoever watches a container."""

import json
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Annotated

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import say, say_json
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
        say(Text(visible(f"{'well' if well else 'not well'}: {json.dumps(told)}")))
    return 0 if well else ReadFailed.exit_code


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
