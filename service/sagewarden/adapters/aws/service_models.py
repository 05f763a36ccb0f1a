"""How botocore reads what AWS says of its services: once for all targets, and little of it.

botocore keeps every description whole, with its prose, in ordered dictionaries: SageMaker's alone
takes 15 MB, and each client has a method for each of its 425 operations.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from gzip import decompress
from pathlib import Path
from typing import Any, Final

import orjson
from botocore.loaders import JSONFileLoader, Loader

from sagewarden.core.permissions.operations import NEEDS

_READ: Final[Mapping[str, Callable[[bytes], bytes]]] = {".json": bytes, ".json.gz": decompress}
"""How a file is read, by its ending."""


class _LeanFiles(JSONFileLoader):
    """Reads a file without its prose; of SageMaker's operations those that the table names."""

    def load_file(self, file_path: str) -> Any:
        """Return what the file says, or None when there is none (botocore's contract)."""
        for ending, read in _READ.items():
            path = Path(file_path + ending)
            if path.is_file():
                return _lean(file_path, orjson.loads(read(path.read_bytes())))
        return None


class SharedLoader(Loader):
    """A loader for all sessions of a process. Safe to share between threads."""

    FILE_LOADER_CLASS = _LeanFiles

    def __init__(self) -> None:
        super().__init__()
        self._reading = threading.RLock()

    @property
    def search_paths(self) -> list[str]:
        """Where files are looked for; a copy, for every boto3 session would add its own to it."""
        return [*super().search_paths]

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        """Read a description once, though several targets begin at the same time."""
        with self._reading:
            return super().load_service_model(service_name, type_name, api_version)


def _lean(path: str, told: Any) -> Any:
    *_, service, _, kind = ("", "", "", *Path(path).parts)
    if (service, kind) == ("sagemaker", "service-2"):
        told = _named(told)
    return _without_prose(told)


def _named(model: dict[str, Any]) -> dict[str, Any]:
    """Leave out every operation that the table of permissions does not name, and its shapes."""
    wanted = {each.operation for each in NEEDS}
    operations = {name: each for name, each in model["operations"].items() if name in wanted}
    shapes, found = model["shapes"], dict[str, Any]()
    waiting = [*_shapes_of(operations)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = shapes[name]
            waiting += _shapes_of(shapes[name])
    return {**model, "operations": operations, "shapes": found}


def _shapes_of(told: Any) -> Iterator[str]:
    """Yield the names of the shapes that a part of a description speaks of."""
    if isinstance(told, dict):
        for key, each in told.items():
            if key == "shape" and isinstance(each, str):
                yield each
            else:
                yield from _shapes_of(each)
    elif isinstance(told, list):
        for each in told:
            yield from _shapes_of(each)


def _without_prose(told: Any) -> Any:
    """Leave texts for readers out; a member may well be called `documentation`: that is no text.

    Of a client's own parameters, which S3 has, botocore insists on the text.
    """
    if isinstance(told, dict):
        return {
            key: each if key == "clientContextParams" else _without_prose(each)
            for key, each in told.items()
            if not (key == "documentation" and isinstance(each, str))
        }
    if isinstance(told, list):
        return [*map(_without_prose, told)]
    return told
