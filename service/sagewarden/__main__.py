"""The command `sagewarden`; `python -m sagewarden` is the same."""

import sys

from sagewarden.errors import SageWardenError


def main() -> None:
    """Run the command line and leave with the exit code of the README's table."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    from cyclopts import CycloptsError  # noqa: PLC0415 -- in time for its own errors

    from sagewarden.cli.app import app  # noqa: PLC0415
    from sagewarden.cli.console import tell_error  # noqa: PLC0415

    try:
        result = app(arguments, exit_on_error=False)
    except SageWardenError as error:
        tell_error(error, as_json="--json" in arguments)
        return error.exit_code
    except CycloptsError:
        return 2
    except KeyboardInterrupt:
        return 130
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
