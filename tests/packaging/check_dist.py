"""Checks the built wheel and sdist: they hold all and only what they should."""

import sys
import tarfile
import zipfile
from pathlib import Path

NEEDED = (
    "sagewarden/__main__.py",
    "sagewarden/py.typed",
    "sagewarden/adapters/reports/templates/report.css",
    "sagewarden/sandbox/seed/account.py",
)
"""Files of the wheel without which a command would fail."""


def faults(folder: Path) -> list[str]:
    """Return what is wrong with the one wheel and the one sdist in a folder."""
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    with tarfile.open(sdist) as source:
        members = {name.split("/", 1)[-1] for name in source.getnames()}
    found = [f"{wheel.name} lacks {name}" for name in NEEDED if name not in names]
    strangers = [name for name in names if not name.startswith(("sagewarden/", "sagewarden-"))]
    found += [f"{wheel.name} holds {name}" for name in strangers]
    found += [f"{wheel.name} holds {name}" for name in names if "__pycache__" in name]
    found += [
        f"{sdist.name} lacks {name}"
        for name in ("LICENSE", "README.md", "requirements.lock", "policies/README.md")
        if name not in members
    ]
    return found


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]))
    for line in wrong:
        sys.stderr.write(line + "\n")
    sys.exit(1 if wrong else 0)
