"""The image: built from this repository and run, as nobody, writing nowhere but to /tmp."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.container.conftest import ROOT, Image, buildah
from tests.deploy.runbook import BLOCKS, HEALTH_PORT, SANDBOX_PORT, answers

LARGEST = 200e6
"""Bytes of an image that people still pull without a thought."""

UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9}

pytestmark = pytest.mark.timeout(1_800)


def images() -> list[dict[str, Any]]:
    """Every image that buildah has."""
    found: list[dict[str, Any]] = json.loads(buildah("images", "--json").stdout)
    return [each for each in found if each.get("names")]


def measured(size: str) -> float:
    """Bytes of a size as buildah spells it."""
    number, unit = size.split()
    return float(number) * UNITS[unit]


def test_it_plays_the_demo(image: Image) -> None:
    """The whole job, without an account, as the user that the image names."""
    ran = image.run("sagewarden", "demo", "--components", "500")
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    assert "restore" in ran.stdout


def test_it_is_nobody(image: Image) -> None:
    assert image.inspected("{{.Docker.Config.User}}") == "10001:10001"
    assert image.run("id", "-u").stdout.strip() == "10001"


FINDING = "find / -xdev -writable ! -path '/proc/*' ! -path '/dev/*' ! -type l 2>/dev/null"
FOR_ALL = ("tmp", "var/tmp", "run/lock", "var/lock")
"""Folders that Debian leaves open to everybody."""


def test_it_can_write_to_no_file_of_the_image(image: Image) -> None:
    """So a root file system that is read-only takes nothing from it."""
    found = image.run("sh", "-c", FINDING).stdout.split()
    assert [
        each for each in found if not each.startswith(tuple(f"/{one}" for one in FOR_ALL))
    ] == []


def test_it_holds_no_build_tool_and_no_source(image: Image) -> None:
    """Nor a second copy of either from the stage that built it."""
    found = image.run("sh", "-c", "command -v pip gcc git; ls -d /src /opt/*")
    assert found.stdout.split() == ["/opt/sagewarden"]


def test_it_is_small(image: Image) -> None:
    """All its layers together, on a base that is as small as Docker's own slim ones."""
    (size,) = (each["size"] for each in images() if f"{image.name}:latest" in each["names"])
    assert measured(size) < LARGEST


def test_it_tells_what_it_holds(image: Image) -> None:
    """Its label names a bill of materials, which names what the lock pins."""
    place = image.inspected('{{index .Docker.Config.Labels "org.cyclonedx.sbom"}}')
    bill = json.loads(image.run("cat", place).stdout)
    pinned = {
        line.split("==")[0].split("[")[0]
        for line in (ROOT / "deploy" / "runtime.lock").read_text().splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    }
    named = {each["name"].replace(".", "-") for each in bill["components"]}
    assert named - pinned == {"sagewarden"}
    assert {"boto3", "pydantic", "sagewarden"} <= named


def test_it_is_watched(image: Image) -> None:
    assert image.inspected("{{.Docker.Config.Healthcheck.Test}}") == "[CMD sagewarden health]"


def test_it_reads_its_settings_where_the_manifests_put_them(image: Image) -> None:
    """The overlay's settings and policies, mounted as a cluster mounts them."""
    base = Path(ROOT / "deploy" / "kubernetes" / "base")
    mounts = ("--volume", f"{base}:/etc/sagewarden:ro")
    ran = image.run("sagewarden", "policy", "validate", "/etc/sagewarden/policies", options=mounts)
    assert ran.returncode == 0, ran.stderr


SHORTEST = f"""
cd /tmp
{BLOCKS["the fake aws"]} &
until (: < /dev/tcp/127.0.0.1/{SANDBOX_PORT}) 2>/dev/null; do sleep 0.3; done
{BLOCKS["the daemon"]} &
until ls vault/v1/*/*/reports/*/report.json >/dev/null 2>&1; do sleep 0.3; done
{BLOCKS["a look"]}
kill -TERM %1 %2
wait %2
"""


@pytest.mark.skipif(answers(SANDBOX_PORT) or answers(HEALTH_PORT), reason="a port is taken")
def test_the_shortest_path_leads_there(image: Image) -> None:
    """The runbook's, three shells in one: fake AWS, check, plan, daemon, health, report."""
    ran = image.run("bash", "-m", "-c", SHORTEST)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    assert "well" in ran.stdout
    assert "Exit code 0" in ran.stdout
