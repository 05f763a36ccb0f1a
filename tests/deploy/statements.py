"""The statements of `sagewarden iam` as deploy/ has them; run as a program it renews them.

CloudFormation templates have them between two marks, Terraform in files of JSON. What differs from
one account to the next is a placeholder, which each of the two fills in its own way.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sagewarden.core.permissions.bucket import bucket_policy
from sagewarden.core.permissions.operations import Stage
from sagewarden.core.permissions.scope import Bucket, Role, Scope, everything
from sagewarden.core.permissions.statements import Statement, statements

DEPLOY = Path(__file__).parents[2] / "deploy"
TEMPLATES = (DEPLOY / "aws" / "central.yaml", DEPLOY / "aws" / "roles.yaml")
TERRAFORM = {
    "reader": "roles",
    "tagger": "roles",
    "archiver": "roles",
    "executor": "roles",
    "restorer": "roles",
    "own": "central",
    "bucket": "central",
}
"""Which module has which document."""

SETS, TAKES_OFF, OTHERS = "<keys that are set>", "<keys that are taken off>", "<others>"

SCOPE = Scope(
    partition="<partition>",
    account="<account>",
    region="<region>",
    doing=replace(everything(), sets=frozenset({SETS}), takes_off=frozenset({TAKES_OFF})),
    bucket=Bucket("<bucket>", "<prefix>", "$<key>"),
    roles=(Role("arn:<partition>:iam::*:role/<role>-*", "<external id>"),),
    callers=("arn:<partition>:iam::<account>:role/<role>-*",),
    policies=Bucket("<policies>", "policies"),
)
"""All that policies can ask for, with placeholders for what an account has of its own."""

CHECKING = {
    Stage.TAGGER: "AskWhatIsAllowed",
    Stage.ARCHIVER: "SeeBucket",
    Stage.EXECUTOR: "AskWhatIsAllowed",
    Stage.RESTORER: "AskWhatIsAllowed",
}
"""What each role needs besides, for `check` to tell everything."""

Filling = Mapping[str, str]

CLOUDFORMATION: Filling = {
    "<partition>": "${AWS::Partition}",
    "<account>": "${AWS::AccountId}",
    "<region>": "${Region}",
    "<bucket>": "${VaultBucketName}",
    "<prefix>": "${VaultPrefix}",
    "$<key>": "${VaultKeyArn}",
    "<role>": "${RoleName}",
    "<external id>": "${ExternalId}",
    "<policies>": "${PolicyBucketName}",
}
WORDS_OF_TERRAFORM: Filling = {
    "$<key>": "${key}",
    **{
        f"<{word}>": f"${{{word.replace(' ', '_')}}}"
        for word in ("partition", "account", "region", "bucket", "prefix", "role", "external id")
    },
    "<policies>": "${policies}",
}
LISTS = {SETS: "TagKeys", TAKES_OFF: "RetiredTagKeys", OTHERS: "ArchiverRoleArns"}


def documents() -> dict[str, list[dict[str, Any]]]:
    """Return every document of deploy/ by its name, with placeholders."""
    found = {}
    for stage in (*CHECKING, Stage.READER, Stage.OWN):
        whole = [*statements(SCOPE, stage), *_checking(stage)]
        found[str(stage)] = [each.spelled() for each in whole]
    assert SCOPE.bucket is not None
    shared = bucket_policy(SCOPE.bucket, SCOPE.partition, [OTHERS])
    return found | {"bucket": [each.spelled() for each in shared]}


def _checking(stage: Stage) -> Iterator[Statement]:
    for each in statements(SCOPE, Stage.CHECKER):
        if each.sid == CHECKING.get(stage):
            yield each


def filled(value: Any, filling: Filling) -> Any:
    """Fill placeholders in, all the way down."""
    match value:
        case str():
            for placeholder, word in filling.items():
                value = value.replace(placeholder, word)
            return value
        case list():
            return [filled(each, filling) for each in value]
        case dict():
            return {filled(key, filling): filled(each, filling) for key, each in value.items()}
        case _:
            return value


def as_yaml(value: Any, indent: int) -> str:
    """Spell statements as YAML in a CloudFormation template, filled in."""
    return "\n".join(_lines(filled(value, CLOUDFORMATION), indent))


def _lines(value: Any, indent: int) -> Iterator[str]:
    blank = " " * indent
    if isinstance(value, dict):
        for key, each in value.items():
            plain = re.fullmatch("[A-Z][A-Za-z]*", key) and key != "Null"  # YAML's own null
            yield from _member(f"{blank}{key if plain else json.dumps(key)}:", each, indent)
        return
    for each in value:
        if isinstance(each, dict) and each.get("Principal") == {"AWS": [OTHERS]}:
            yield f"{blank}- !If"
            yield f"{blank}  - HasArchivers"
            yield from _lines([each | {"Principal": {"AWS": [OTHERS, OTHERS]}}], indent + 2)
            yield f"{blank}  - !Ref AWS::NoValue"
        elif isinstance(each, dict):
            first, *rest = _lines(each, indent + 2)
            yield f"{blank}- {first.strip()}"
            yield from rest
        else:
            yield f"{blank}- {_scalar(each)}"


def _member(start: str, value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, list) and value[0] in LISTS:
        yield f"{start} !Ref {LISTS[value[0]]}"
    elif isinstance(value, str):
        yield f"{start} {_scalar(value)}"
    else:
        yield start
        yield from _lines(value, indent + 2)


def _scalar(value: str) -> str:
    bare = re.fullmatch("[A-Za-z0-9]+(:[A-Za-z]+)?", value) and value not in {"true", "false"}
    text = value if bare else json.dumps(value)
    return f"!Sub {text}" if "${" in value else text


def as_json(document: list[dict[str, Any]]) -> str:
    """Spell a document as a template of Terraform, filled in."""
    text = json.dumps({"Version": "2012-10-17", "Statement": document}, indent=2)
    for name, word in ((SETS, "tag_keys"), (TAKES_OFF, "retired_tag_keys"), (OTHERS, "others")):
        text = re.sub(rf'\[\s*"{re.escape(name)}"\s*\]', f"${{jsonencode({word})}}", text)
    return str(filled(text, WORDS_OF_TERRAFORM)) + "\n"


def renewed(text: str) -> str:
    """Put every block of statements into a template as it should be."""
    found = documents()

    def block(match: re.Match[str]) -> str:
        indent, name = match[1], match[2]
        body = as_yaml(found[name], len(indent))
        return f"{indent}# iam: {name}\n{body}\n{indent}# end of iam"

    return re.sub(r"^( *)# iam: (\w+)\n(?:.*\n)*?\1# end of iam", block, text, flags=re.MULTILINE)


def terraform() -> dict[Path, str]:
    """Return every file of JSON, with what should stand in it."""
    found = documents()
    return {
        DEPLOY / "terraform" / module / "iam" / f"{name}.json.tftpl": as_json(found[name])
        for name, module in TERRAFORM.items()
    }


def renew(write: Callable[[Path, str], object] = Path.write_text) -> None:
    """Write everything anew."""
    for template in TEMPLATES:
        write(template, renewed(template.read_text()))
    for path, text in terraform().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)


if __name__ == "__main__":
    renew()
