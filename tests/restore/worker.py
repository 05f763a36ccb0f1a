"""A process of its own that restores: `worker.py ACCOUNT REGION URL VAULT RUN OLD=NEW...`.

All that a run deleted, some of it under other names.

It tells when it is ready and waits for a line, so that whoever means to kill it knows its pid.
"""

import runpy
import sys
from pathlib import Path

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.application.archives import gone_by
from sagewarden.application.restore import restore
from sagewarden.application.restore_plan import Wishes, plan_restore
from sagewarden.core.renaming import Rename

if __name__ == "__main__":
    number, region, url, vault, run, *wishes = sys.argv[1:]
    account = runpy.run_path(str(Path(__file__).with_name("account.py")))
    session = account["open_session"](number, region, url)
    bench, restoring = account["make_bench"](session, DirectoryVault(Path(vault)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    renames = tuple(map(Rename.read, wishes))
    plan = plan_restore(bench, gone_by(bench, run), Wishes(renames=renames, remember=bool(renames)))
    sys.exit(0 if restore(bench, restoring, plan).complete else 3)
