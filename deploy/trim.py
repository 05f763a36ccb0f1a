#!/usr/bin/env python3
"""Takes out of an installation what SageWarden never loads, and writes down what is left.

`python trim.py PREFIX`: of botocore's models of some 400 services those stay that are called; what
stays is listed as CycloneDX in PREFIX/sbom.cdx.json. Uses the standard library only.
"""

import json
import shutil
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

CALLED = frozenset(
    {
        *("sagemaker", "sagemaker-metrics", "sts", "s3", "iam", "organizations", "kms"),
        *("sns", "ses", "sesv2", "resourcegroupstaggingapi", "sso", "sso-oidc", "signin"),
    }
)
"""Services whose models stay: what SageWarden calls, and what credentials come from."""


def trim(prefix: Path) -> int:
    """Delete the other models; return how many services lost theirs."""
    gone = 0
    for models in prefix.glob("lib/python3*/site-packages/botocore/data"):
        for folder in models.iterdir():
            if folder.is_dir() and folder.name not in CALLED:
                shutil.rmtree(folder)
                gone += 1
    return gone


def bill(prefix: Path) -> dict[str, object]:
    """List the distributions of an installation as CycloneDX 1.5."""
    paths = [str(each) for each in prefix.glob("lib/python3*/site-packages")]
    found = sorted(distributions(path=paths), key=lambda each: each.name.lower())
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
    """Trim, then list."""
    prefix = Path(sys.argv[1])
    gone = trim(prefix)
    listed = bill(prefix)
    (prefix / "sbom.cdx.json").write_text(json.dumps(listed, indent=1) + "\n", "utf-8")
    sys.stderr.write(f"models of {gone} services taken out\n")


if __name__ == "__main__":
    main()
