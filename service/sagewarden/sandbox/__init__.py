"""A faithful SageMaker Experiments over HTTP, for demos and tests; nothing here is AWS.

In this process:

    with Sandbox(knobs=Knobs(search_lag_seconds=5)).running() as box:
        client = session.client("sagemaker", **box.client_config())
        box.state                      # AccountState: tables of records, for seeding and checking
        box.seed(components=2_000, seed=7)
        box.admin.set_knobs(rates={"DeleteTrialComponent": 2.0}, burst=1)
        box.admin.add_fault(Fault(operation="DeleteTrial", action="drop_after"))
        box.admin.add_hook(Hook(operation="DeleteTrial", calls=[{"operation": …, "params": …}]))
        box.admin.advance(3_600)       # seconds; freeze, unfreeze, set_offset
        box.admin.calls(writes=True)   # the call log
        box.admin.snapshot(); box.admin.restore()

In a process of its own: `python -m sagewarden.sandbox --port 0 --components 2000 --seed 7` prints
one line of JSON with its `url`; `AdminClient(url)` then does what `box.admin` does. A command line
wraps `run(Options(…))`.

A caller's account is that of its access key: 12 digits mean themselves, keys from AssumeRole mean
the role's account, any other key the default account. Signatures are not verified, but one that is
older than AWS takes is refused, by this machine's clock (knob `signature_age_seconds`).
"""

from sagewarden.sandbox.admin import Admin
from sagewarden.sandbox.admin_client import AdminClient
from sagewarden.sandbox.knobs import DEFAULT_ACCOUNT, Knobs
from sagewarden.sandbox.rules import Fault, Hook
from sagewarden.sandbox.run import Options, run
from sagewarden.sandbox.server import Sandbox

__all__ = [
    "DEFAULT_ACCOUNT",
    "Admin",
    "AdminClient",
    "Fault",
    "Hook",
    "Knobs",
    "Options",
    "Sandbox",
    "run",
]
