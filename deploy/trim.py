#!/usr/bin/env python3
"""Takes out of an installation what SageWarden never loads, and writes down what is left.

`python trim.py PREFIX`: of botocore's models and moto's services those stay that are called, of
what colours texts and packs archives what is loaded; what stays is listed as CycloneDX in
PREFIX/sbom.cdx.json. What every command loads is compiled, since an image is never written to. Uses
the standard library only. The container's test plays the demo with what
is left.
"""

import compileall
import json
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from py_compile import PycInvalidationMode

CALLED = frozenset(
    {
        *("sagemaker", "sagemaker-metrics", "sts", "s3", "iam", "organizations", "kms"),
        *("sns", "ses", "sesv2", "resourcegroupstaggingapi", "sso", "sso-oidc", "signin"),
    }
)
"""Services whose models stay: what SageWarden calls, and what credentials come from."""

PLAYED = frozenset(
    {
        *("s3", "s3bucket_path", "sts", "organizations", "sns", "sqs", "iam", "cloudwatch"),
        *("events", "core", "moto_api", "utilities", "__pycache__"),
    }
)
"""Folders of moto that stay: what the sandbox plays, and what these load."""

COLOURED = frozenset({"__init__.py", "_mapping.py", "python.py", "special.py"})
"""Files of pygments' lexers that stay."""


COMPILED = (
    *("sagewarden", "pydantic", "pydantic_settings", "cyclopts", "rich", "ruamel", "structlog"),
    *("botocore", "boto3", "attr"),
)
"""Packages that are compiled."""


def unneeded(packages: Path) -> Iterator[Path]:
    """Yield what can go from a folder of packages."""
    for each in (packages / "botocore" / "data").glob("*/"):
        if each.name not in CALLED:
            yield each
    for each in (packages / "moto").glob("*/"):
        if each.name not in PLAYED:
            yield each
    for each in (packages / "pygments" / "lexers").glob("*.py"):
        if each.name not in COLOURED:
            yield each
    # a second way for each of these to work, which is slower or never taken
    yield from (packages / "yaml").glob("_yaml*")
    yield from (packages / "zstandard").glob("_cffi*")
    yield from (packages / "zstandard").glob("backend_cffi.py")


def bill(packages: Path) -> dict[str, object]:
    """List the distributions of an installation as CycloneDX 1.5."""
    found = sorted(distributions(path=[str(packages)]), key=lambda each: each.name.lower())
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "components": [_component(each) for each in found],
    }


def _component(found: Distribution) -> dict[str, object]:
    name = found.name.lower().replace("_", "-")
    told = found.metadata.json
    licence = str(told.get("license_expression") or told.get("license") or "")
    component: dict[str, object] = {
        "type": "library",
        "name": name,
        "version": found.version,
        "purl": f"pkg:pypi/{name}@{found.version}",
    }
    if licence and "\n" not in licence:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def main() -> None:
    """Trim, compile, list."""
    prefix = Path(sys.argv[1])
    (packages,) = prefix.glob("lib/python3*/site-packages")
    for each in list(unneeded(packages)):
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
    for name in COMPILED:
        compileall.compile_dir(
            packages / name, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
    listed = bill(packages)
    (prefix / "sbom.cdx.json").write_text(json.dumps(listed, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
