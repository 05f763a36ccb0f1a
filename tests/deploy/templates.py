"""Reads CloudFormation templates, and resolves what they leave open by parameters given."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "123456789012",
    "AWS::Region": "eu-west-1",
    "AWS::StackName": "sagewarden",
}


class Template:
    """One template, all its conditions true."""

    def __init__(self, path: Path) -> None:
        yaml = YAML(typ="safe", pure=True)
        yaml.constructor.add_multi_constructor("!", _tagged)
        self.content: Mapping[str, Any] = yaml.load(path.read_text())

    @property
    def resources(self) -> Mapping[str, Any]:
        """Every resource by its name."""
        found: Mapping[str, Any] = self.content["Resources"]
        return found

    def of_type(self, kind: str) -> dict[str, Any]:
        """The properties of each resource of a type."""
        return {
            name: each.get("Properties", {})
            for name, each in self.resources.items()
            if each["Type"] == kind
        }

    def resolved(self, value: Any, given: Mapping[str, Any]) -> Any:
        """Put parameters in; what refers to a resource becomes its name in `<>`."""
        match value:
            case {"!Ref": str(name)}:
                return {**PSEUDO, **given}.get(name, f"<{name}>")
            case {"!Sub": str(text)}:
                known = {**PSEUDO, **given}
                return re.sub(r"\$\{([\w.:]+)\}", lambda m: str(known.get(m[1], f"<{m[1]}>")), text)
            case {"!GetAtt": str(name)}:
                return f"<{name}>"
            case {"!If": [_, then, _]}:
                return self.resolved(then, given)
            case dict():
                return {key: self.resolved(each, given) for key, each in value.items()}
            case list():
                return [self.resolved(each, given) for each in value]
            case _:
                return value


def _tagged(constructor: Any, suffix: str, node: Any) -> dict[str, Any]:
    if isinstance(node.value, str):
        return {f"!{suffix}": node.value}
    return {f"!{suffix}": constructor.construct_sequence(node, deep=True)}


def normalised(statements: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Statements in one spelling: lists sorted, single values in lists, in the order of Sids."""
    return sorted(map(_normal, statements), key=lambda each: str(each.get("Sid")))


def _normal(value: Any) -> Any:
    match value:
        case dict():
            return {key: _normal(each) for key, each in value.items()}
        case list():
            return sorted(map(_normal, value), key=str) if len(value) != 1 else _normal(value[0])
        case _:
            return value
