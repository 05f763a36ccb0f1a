"""Reads every policy file before it answers: all of them hold, or none does."""

from pathlib import Path

from sagewarden.adapters.policyfiles.compose import compose
from sagewarden.adapters.policyfiles.document import Document, read_document
from sagewarden.adapters.policyfiles.problems import WHOLE_FILE, Log, PoliciesRefused, Problem
from sagewarden.adapters.policyfiles.source import decode, policy_files, read_bytes
from sagewarden.core.canonical import sha256
from sagewarden.core.policy import Place, PolicyFile, PolicySet
from sagewarden.core.rules import set_digest


def load_policies(directory: Path) -> PolicySet:
    """Read all `*.yaml` and `*.yml` of a directory, or one file; hidden files do not count.

    Raise PoliciesRefused with every problem of every file, and also when there is no policy.
    """
    top = Log(str(directory))
    documents: list[Document] = []
    files: list[PolicyFile] = []
    problems: list[Problem] = []
    taken: dict[str, Place] = {}
    for path in policy_files(directory, top):
        log = Log(str(path))
        if (body := read_bytes(path, log)) is not None:
            files.append(PolicyFile(str(path), sha256(body)))
            documents.append(_read(body, log, taken))
        problems.extend(sorted(log.problems, key=lambda each: (each.line, each.column)))
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
