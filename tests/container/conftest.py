"""The image, built once from this repository on a base of Debian's own packages.

Docker's registry is not asked: `mmdebstrap` makes a base of Debian's packages, which gets the name
that the Dockerfile's FROM uses.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASE = "docker.io/library/python:3.13-slim"
NAME = "localhost/sagewarden-test"
PACKAGES = "python3,python3-venv,ca-certificates"
SUITE = "trixie"
"""The release whose Python is the newest."""

MIRROR = "http://deb.debian.org/debian"
SLIM = (
    "--variant=minbase",
    *(f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in ("doc", "man", "locale")),
    '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/*',
)
"""What Docker's own slim images leave out, too."""


@dataclass(frozen=True)
class Image:
    """An image that was built."""

    name: str

    def run(self, *words: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a command in a new container of it, as its own user, to its end."""
        made = buildah("from", "--pull-never", self.name).stdout.strip()
        try:
            command = ["buildah", "run", "--isolation", "chroot", *options, made, "--", *words]
            return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        finally:
            buildah("rm", made)

    def inspected(self, form: str) -> str:
        """What `buildah inspect` tells, by a Go template."""
        return buildah("inspect", "--type", "image", "--format", form, self.name).stdout.strip()


def buildah(*words: str) -> subprocess.CompletedProcess[str]:
    """Run buildah; a failure shows all that it said."""
    ran = subprocess.run(["buildah", *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (
        f"buildah {' '.join(words)}\n{ran.stdout[-4000:]}{ran.stderr[-4000:]}"
    )
    return ran


@pytest.fixture(scope="session")
def image(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Build it, which takes minutes: so with --long only."""
    if not pytestconfig.getoption("long"):
        pytest.skip("builds an image, which takes minutes: --long")
    if shutil.which("buildah") is None or shutil.which("mmdebstrap") is None:
        pytest.skip("needs buildah and mmdebstrap (apt-get install buildah mmdebstrap)")
    folder = tmp_path_factory.mktemp("image")
    _make_base(folder / "root.tar")
    buildah(
        "bud",
        "--isolation",
        "chroot",
        "--format",
        "docker",
        "--pull-never",
        "--layers=false",
        *_index(folder),
        "--tag",
        NAME,
        str(ROOT),
    )
    return Image(NAME)


def _make_base(tar: Path) -> None:
    known = subprocess.run(
        ["buildah", "inspect", "--type", "image", BASE], check=False, capture_output=True
    )
    if known.returncode == 0:
        return
    subprocess.run(
        ["mmdebstrap", *SLIM, f"--include={PACKAGES}", SUITE, str(tar), MIRROR],
        check=True,
        capture_output=True,
    )
    made = buildah("from", "scratch").stdout.strip()
    buildah("add", made, str(tar), "/")
    buildah("commit", "--rm", made, BASE)


_SETTING = re.compile(r"^(?:global|:env:)\.([\w-]+)='(.*)'$", re.MULTILINE)
_REACHING = ("cert", "index-url", "proxy", "trusted-host", "timeout", "default-timeout")
"""Settings of pip's that say how the package index is reached."""


def _index(folder: Path) -> list[str]:
    """Let pip in the build reach the package index as pip does here.

    Its settings are mounted for the build alone, so nothing of this machine gets into the image.
    """
    listed = subprocess.run(
        ["python3", "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found = {name: value for name, value in _SETTING.findall(listed.stdout) if name in _REACHING}
    settings = folder / "pip.conf"
    lines = [f"{name} = {value}" for name, value in found.items()]
    settings.write_text("\n".join(["[global]", *lines, ""]))
    mounts = [f"{settings}:/etc/pip.conf:ro"]
    if "cert" in found:
        mounts.append(f"{found['cert']}:{found['cert']}:ro")
    return [word for mount in mounts for word in ("--volume", mount)]
