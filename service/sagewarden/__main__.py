"""The command `sagewarden`; `python -m sagewarden` is the same."""

import os
import sys
from typing import TYPE_CHECKING

from sagewarden.errors import SageWardenError, UsageError

if TYPE_CHECKING:
    from cyclopts import CycloptsError


def main() -> None:
    """Run the command line and leave with the exit code of the README's table."""
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    from cyclopts import CycloptsError  # noqa: PLC0415 -- in time for its own errors

    from sagewarden.cli.app import app, tell_whole  # noqa: PLC0415

    as_json = "--json" in arguments
    try:
        tell_whole(arguments)
        result = app(arguments, exit_on_error=False, print_error=False)
    except SageWardenError as error:
        return _told(error, as_json=as_json)
    except CycloptsError as error:
        return _told(_misused(error), as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 -- the last one who can tell
        from sagewarden.cli.console import tell_defect  # noqa: PLC0415

        tell_defect(error, as_json=as_json)
        return SageWardenError.exit_code
    return result if isinstance(result, int) else 0


def _told(error: SageWardenError, *, as_json: bool) -> int:
    from sagewarden.cli.console import tell_error  # noqa: PLC0415 -- `--help` needs none of it

    tell_error(error, as_json=as_json)
    return error.exit_code


def _misused(error: "CycloptsError") -> UsageError:
    from cyclopts import MissingArgumentError  # noqa: PLC0415 -- slow to import

    named = " ".join(("sagewarden", *(error.command_chain or ())))
    told = str(error)
    if isinstance(error, MissingArgumentError) and error.argument and error.keyword is None:
        name = error.argument.name
        positional = error.argument.field_info.is_positional
        told = f"`{named}` needs {name.strip('-').upper() if positional else name}"
    return UsageError(told, advice=f"`{named} --help` says what there is.")


if __name__ == "__main__":
    main()
