"""Reads every policy file before it answers: all of them hold, or none does."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from sagewarden.adapters.policyfiles.compose import compose
from sagewarden.adapters.policyfiles.document import Document, read_document
from sagewarden.adapters.policyfiles.problems import WHOLE_FILE, Log, PoliciesRefused, Problem
from sagewarden.adapters.policyfiles.source import RawFile, decode, local_files
from sagewarden.core.canonical import sha256
from sagewarden.core.policy import Place, PolicyFile, PolicySet
from sagewarden.core.rules import set_digest

Files = Callable[[Log], Iterable[RawFile]]
"""Finds the policy files of one place, and notes in the log what is wrong with the place."""


def load_policies(directory: Path) -> PolicySet:
    """Read all `*.yaml` and `*.yml` of a directory, or one file; hidden files do not count.

    Raise as `load_files` does.
    """
    return load_files(str(directory), lambda top: local_files(directory, top))


def load_files(place: str, found: Files) -> PolicySet:
    """Read every policy file of a place.

    Raise PoliciesRefused with every problem of every file, and also when there is no policy. Bytes
    that were understood before are not taken apart again: of many targets each reads all.
    """
    top = Log(place)
    raw = tuple(found(top))
    if top.problems or any(each.log.problems for each in raw):
        return _understood(top, raw)
    return _known(
        place, tuple([(each.path, each.log.file, each.body, each.version) for each in raw])
    )


@lru_cache(8)
def _known(place: str, files: tuple[tuple[str, str, bytes | None, str], ...]) -> PolicySet:
    return _understood(
        Log(place), [RawFile(path, body, Log(told), version) for path, told, body, version in files]
    )


def _understood(top: Log, raw: Iterable[RawFile]) -> PolicySet:
    documents: list[Document] = []
    files: list[PolicyFile] = []
    problems: list[Problem] = []
    taken: dict[str, Place] = {}
    for each in raw:
        if each.body is not None:
            files.append(PolicyFile(each.path, sha256(each.body), each.version))
            documents.append(_read(each.body, each.log, taken))
        problems.extend(sorted(each.log.problems, key=lambda it: (it.line, it.column)))
    problems = top.problems + problems
    if not problems and not any(document.policies for document in documents):
        top.add(WHOLE_FILE, "", "no policy, only protections", "at least one policy")
        problems = top.problems
    if problems:
        raise PoliciesRefused(problems)
    return _together(documents, files)


def _read(body: bytes, log: Log, taken: dict[str, Place]) -> Document:
    text = decode(body, log)
    root = None if text is None else compose(text, log)
    return Document() if root is None else read_document(root, log, taken)


def _together(documents: list[Document], files: list[PolicyFile]) -> PolicySet:
    policies = tuple(policy for document in documents for policy in document.policies)
    protections = tuple(each for document in documents for each in document.protections)
    return PolicySet(policies, protections, tuple(files), set_digest(policies, protections))
