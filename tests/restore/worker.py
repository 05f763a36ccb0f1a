"""A process of its own that restores a tree: `worker.py ACCOUNT REGION URL VAULT NAME`.

It tells when it is ready and waits for a line, so that whoever means to kill it knows its pid.
"""

import runpy
import sys
from pathlib import Path

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.application.archives import newest, tree_of
from sagewarden.application.restore import restore
from sagewarden.application.restore_plan import plan_restore

if __name__ == "__main__":
    number, region, url, vault, name = sys.argv[1:]
    account = runpy.run_path(str(Path(__file__).with_name("account.py")))
    session = account["open_session"](number, region, url)
    bench, restoring = account["make_bench"](session, DirectoryVault(Path(vault)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    plan = plan_restore(bench, tree_of(bench, newest(bench, name)))
    sys.exit(0 if restore(bench, restoring, plan).complete else 3)
