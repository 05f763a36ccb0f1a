"""What deploy/ starts is what there is: settings, commands, paths, ports, users, events."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.deploy.statements import DEPLOY, TEMPLATES
from tests.deploy.templates import Template

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.settings import Settings, load_settings

ROOT = DEPLOY.parent
BASE = DEPLOY / "kubernetes" / "base"
OVERLAYS = sorted((DEPLOY / "kubernetes" / "overlays").iterdir())
CENTRAL = Template(TEMPLATES[0])
TERRAFORM = (DEPLOY / "terraform" / "central" / "daemon.tf").read_text()
ALARMS = (DEPLOY / "terraform" / "central" / "alarms.tf").read_text()
TARGETS = '[{"account_id": "123456789012", "region": "eu-west-1"}]'
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text())


def container() -> dict[str, Any]:
    """The container that ECS runs, its references resolved to names."""
    (task,) = CENTRAL.resolved(CENTRAL.of_type("AWS::ECS::TaskDefinition"), {}).values()
    (one,) = task["ContainerDefinitions"]
    return dict(one)


def pod() -> dict[str, Any]:
    return dict(read(BASE / "deployment.yaml")["spec"]["template"]["spec"])


def of_ecs() -> dict[str, str]:
    """The environment that ECS gives, with values such as parameters have."""
    found = {each["Name"]: each["Value"] for each in container()["Environment"]}
    found |= {each["Name"]: "a secret of some length" for each in container()["Secrets"]}
    known = {
        "SAGEWARDEN_TARGETS": TARGETS,
        "SAGEWARDEN_NOTICE__WEBHOOK__URL": "https://x.test/",
        "SAGEWARDEN_VAULT__ARCHIVE_RETENTION": "400d",
    }
    return {**found, **known}


def test_ecs_names_settings_that_there_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment with a name that nothing reads is refused by the loader itself."""
    monkeypatch.chdir(tmp_path)
    for name, value in of_ecs().items():
        monkeypatch.setenv(name, value.replace("<", "").replace(">", "").lower())
    settings = load_settings().settings
    assert settings.vault is not None
    assert settings.notice.can_count


def test_ecs_stops_it_no_sooner_than_it_stops_itself() -> None:
    within = of_ecs()["SAGEWARDEN_SCHEDULE__STOP_WITHIN"]
    assert int(within.removesuffix("s")) < container()["StopTimeout"]


def test_terraform_runs_the_same_container() -> None:
    names = re.findall(r'name = "(SAGEWARDEN_\w+)"', TERRAFORM)
    assert sorted(names) == sorted(of_ecs())
    assert 'user                   = "10001:10001"' in TERRAFORM
    assert "readonlyRootFilesystem = true" in TERRAFORM


def patterns() -> dict[str, str]:
    """What alarms count in the log, by CloudFormation."""
    filters = CENTRAL.of_type("AWS::Logs::MetricFilter").values()
    return {
        each["MetricTransformations"][0]["MetricName"]: each["FilterPattern"] for each in filters
    }


def test_terraform_counts_the_same() -> None:
    found = re.findall(r'(\w+) = \{\n\s+pattern\s+= ("(?:[^"\\]|\\.)*")', ALARMS)
    assert {name: json.loads(pattern) for name, pattern in found} == patterns()


def test_alarms_count_events_that_there_are() -> None:
    """Each event stands in the table of ARCHITECTURE, each exit code in the README's."""
    events = set(
        re.findall(
            r"^\| `([a-z.-]+)` \|", (ROOT / "service/ARCHITECTURE.md").read_text(), re.MULTILINE
        )
    )
    codes = set(re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    counted = "\n".join(patterns().values())
    assert set(re.findall(r'event = "([^"]+)"', counted)) <= events
    assert set(re.findall(r"exit_code = (\d+)", counted)) <= codes


def test_each_metric_has_its_alarm() -> None:
    alarms = CENTRAL.of_type("AWS::CloudWatch::Alarm").values()
    assert {each["MetricName"] for each in alarms} == set(patterns())


def users() -> Iterator[str]:
    """Who runs it, wherever that is said."""
    yield re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)[-1]
    yield container()["User"]
    given = pod()["securityContext"]
    yield f"{given['runAsUser']}:{given['runAsGroup']}"


def test_it_runs_as_the_same_nobody_everywhere() -> None:
    assert set(users()) == {"10001:10001"}
    assert pod()["securityContext"]["runAsNonRoot"]


def test_no_container_writes_to_its_root() -> None:
    assert container()["ReadonlyRootFilesystem"]
    for each in pod()["containers"]:
        assert each["securityContext"]["readOnlyRootFilesystem"]
        assert not each["securityContext"]["allowPrivilegeEscalation"]
        assert each["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_probes_ask_for_paths_that_there_are() -> None:
    source = (ROOT / "service/sagewarden/adapters/web/health.py").read_text()
    (one,) = pod()["containers"]
    probes = [one[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert [each["path"] for each in probes if f'case "{each["path"]}":' not in source] == []
    assert {each["port"] for each in probes} == {"health"}


def test_the_pods_port_is_the_settings_port() -> None:
    (port,) = pod()["containers"][0]["ports"]
    assert port["containerPort"] == Settings.model_fields["web"].default.port


@pytest.mark.parametrize("folder", [BASE, *OVERLAYS], ids=lambda path: path.name)
def test_settings_in_a_cluster_are_understood(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret's part comes from files of the pod, here from the environment."""
    monkeypatch.setenv("SAGEWARDEN_NOTICE__WEBHOOK__SECRET", "a secret of some length")
    if folder.name == "sandbox":
        monkeypatch.delenv("SAGEWARDEN_NOTICE__WEBHOOK__SECRET")
    settings = load_settings(folder / "sagewarden.yaml").settings
    assert settings.targets
    assert settings.notice.can_count
    assert settings.web.host == "0.0.0.0"  # noqa: S104 -- of the pod, as its probes need


@pytest.mark.parametrize("folder", [BASE, *OVERLAYS], ids=lambda path: path.name)
def test_a_pod_ends_before_it_is_killed(folder: Path) -> None:
    settings = read(folder / "sagewarden.yaml")
    within = int(settings["schedule"]["stop_within"].removesuffix("s"))
    assert within < pod()["terminationGracePeriodSeconds"]


def test_the_clusters_policies_are_understood() -> None:
    assert load_policies(BASE / "policies").policies


@pytest.mark.parametrize("folder", [BASE, *OVERLAYS], ids=lambda path: path.name)
def test_a_kustomization_names_files_that_there_are(folder: Path) -> None:
    kustomization = read(folder / "kustomization.yaml")
    named = [*kustomization["resources"]]
    named += [
        path for each in kustomization.get("configMapGenerator", []) for path in each["files"]
    ]
    named += [each["path"] for each in kustomization.get("patches", []) if "path" in each]
    assert [each for each in named if not (folder / each).exists()] == []


def test_the_containers_python_is_one_that_is_supported() -> None:
    (version,) = re.findall(r"^ARG PYTHON=python:(\d+\.\d+)-slim", DOCKERFILE, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]


def test_the_builder_gets_what_is_copied() -> None:
    """And not the virtual environment and the history of whoever builds."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == names
    assert "*" in ignored
