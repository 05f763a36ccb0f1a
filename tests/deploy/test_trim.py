"""What the image lacks is nothing that is loaded; its own test plays the demo on what is left."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.deploy.statements import DEPLOY

KEPT = ("botocore/data/sagemaker", "moto/s3", "pygments/lexers/python.py", "zstandard/backend_c.so")
GONE = ("botocore/data/ec2", "moto/ec2", "pygments/lexers/rust.py", "zstandard/_cffi.so")


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An installation, trimmed."""
    packages = tmp_path / "lib" / "python3.13" / "site-packages"
    for name in (*KEPT, *GONE):
        place = packages / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if "." in place.name:
            place.touch()
        else:
            place.mkdir()
    told = packages / "some_thing-1.2.dist-info" / "METADATA"
    told.parent.mkdir()
    told.write_text(
        "Metadata-Version: 2.4\nName: some_thing\nVersion: 1.2\nLicense-Expression: MIT\n"
    )
    subprocess.run([sys.executable, DEPLOY / "trim.py", tmp_path], check=True)
    return tmp_path


def test_what_is_loaded_stays(prefix: Path) -> None:
    packages = prefix / "lib" / "python3.13" / "site-packages"
    assert [each for each in KEPT if not (packages / each).exists()] == []
    assert [each for each in GONE if (packages / each).exists()] == []


def test_what_stays_is_listed(prefix: Path) -> None:
    listed = json.loads((prefix / "sbom.cdx.json").read_text())
    assert listed["components"] == [
        {
            "type": "library",
            "name": "some-thing",
            "version": "1.2",
            "purl": "pkg:pypi/some-thing@1.2",
            "licenses": [{"license": {"name": "MIT"}}],
        }
    ]
