"""`python -m sagewarden.sandbox`: the sandbox alone, for other processes' tests."""

import argparse
import json
from collections.abc import Sequence

from sagewarden.sandbox.knobs import DEFAULT_ACCOUNT
from sagewarden.sandbox.run import Options, run
from sagewarden.sandbox.server import REGION


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m sagewarden.sandbox")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--components", type=int, default=0, help="seed that many components")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same account")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT)
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--knobs", type=json.loads, default={}, help="settings as a JSON object")
    run(Options(**vars(parser.parse_args(arguments))))


if __name__ == "__main__":
    main()
