"""Policy files below an `s3://` prefix: bounded, read whole, and as they stood at one time.

The prefix is listed before and after its files are read; if the two differ, nothing was read. Each
object's version goes with its file: the VersionId where the bucket keeps versions, else the ETag.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sagewarden.adapters.aws.calls import Calls
from sagewarden.adapters.policyfiles.problems import WHOLE_FILE, Log
from sagewarden.adapters.policyfiles.source import LARGEST, SCHEME, SUFFIXES, RawFile
from sagewarden.errors import ReadFailed, SettingsError

MOST_FILES = 200
"""Policy files below one prefix."""
MOST_BYTES = 8 * LARGEST
"""Bytes in all of them."""
MOST_KEYS = 5_000
"""Objects that a listing goes through; a prefix with more holds something else."""

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([!-~]{0,900}))?")
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """An object of a listing."""

    key: str
    etag: str
    size: int


class PolicyBucket:
    """What lies below one address."""

    def __init__(self, address: str, calls: Calls) -> None:
        """Raise SettingsError unless it is the address of a prefix, or of one file."""
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise SettingsError(
                f"not the address of policies: {address!r}",
                advice="An address is s3://bucket/prefix, in letters of ASCII, or one file's.",
            )
        self._calls = calls
        self._bucket, prefix = found[1], (found[2] or "").removesuffix("/")
        self._single = prefix.lower().endswith(SUFFIXES)
        self._prefix = prefix if self._single or not prefix else f"{prefix}/"

    def files(self, top: Log) -> Iterator[RawFile]:
        """Yield every policy file; what is too much is noted in `top` or in the file's own log.

        Raise ReadFailed when S3 does not answer, or when anything changed meanwhile.
        """
        before = self._listed(top)
        if not before and not top.problems:
            top.add(WHOLE_FILE, "", "no policy file there", "at least one *.yaml or *.yml")
        if len(before) > MOST_FILES:
            top.add(WHOLE_FILE, "", f"{len(before)} policy files", f"at most {MOST_FILES}")
        if sum(each.size for each in before) > MOST_BYTES:
            top.add(
                WHOLE_FILE, "", "policy files too large together", f"at most {MOST_BYTES} bytes"
            )
        if top.problems:
            return
        yield from [self._read(each) for each in before]
        if self._listed(top) != before:
            raise self._changed()

    def _listed(self, top: Log) -> list[Listed]:
        found: list[Listed] = []
        seen = 0
        for page in self._pages():
            seen += len(page)
            found += [each for each in page if self._counts(each.key)]
            if seen > MOST_KEYS:
                top.add(WHOLE_FILE, "", f"more than {MOST_KEYS} objects", "a prefix for policies")
                return []
        return sorted(found, key=lambda each: each.key)

    def _pages(self) -> Iterator[list[Listed]]:
        request = {"Bucket": self._bucket, "Prefix": self._prefix, "Delimiter": "/"}
        tokens: set[str] = set()
        more: dict[str, str] = {}
        while True:
            page = self._calls.ask("ListObjectsV2", **request, **more)
            contents, folders = page.get("Contents", []), page.get("CommonPrefixes", [])
            if page["KeyCount"] != len(contents) + len(folders):
                raise ReadFailed(f"the bucket {self._bucket} lists fewer objects than it counts")
            yield [Listed(each["Key"], each["ETag"], each["Size"]) for each in contents]
            if not page["IsTruncated"]:
                return
            token = page.get("NextContinuationToken")
            if not token or token in tokens:
                raise ReadFailed(f"the listing of {self._bucket} leads in a circle or nowhere")
            tokens.add(token)
            more = {"ContinuationToken": token}

    def _counts(self, key: str) -> bool:
        """Whether a key is a policy file: hidden ones, other endings, deeper folders are none."""
        if self._single:
            return key == self._prefix
        name = key.removeprefix(self._prefix)
        return name.lower().endswith(SUFFIXES) and not name.startswith(".")

    def _read(self, listed: Listed) -> RawFile:
        path = f"{SCHEME}{self._bucket}/{listed.key}"
        log = Log(path)
        if listed.size > LARGEST:
            log.add(WHOLE_FILE, "", "a file over 1 MiB", f"at most {LARGEST} bytes")
            return RawFile(path, None, log)
        answer, body = self._fetched(listed)
        return RawFile(path, body, log, _version(answer))

    def _fetched(self, listed: Listed) -> tuple[Mapping[str, Any], bytes]:
        where = {"Bucket": self._bucket, "Key": listed.key, "IfMatch": listed.etag}
        for _ in range(_ATTEMPTS):
            answer = self._calls.ask("GetObject", **where)
            try:
                body = answer["Body"].read(LARGEST + 1)
            except Exception:  # noqa: BLE001, S112 -- whatever broke the stream, it is asked for anew
                continue
            if len(body) == listed.size:
                return answer, body
        raise ReadFailed(
            f"{SCHEME}{self._bucket}/{listed.key} could not be read whole",
            advice="Nothing was read or done; the next run reads the policies again.",
        )

    def _changed(self) -> ReadFailed:
        return ReadFailed(
            f"the policies at {SCHEME}{self._bucket}/{self._prefix} changed while they were read",
            advice="Nothing was read or done; run again, or wait for the next run.",
        )


def _version(answer: Mapping[str, Any]) -> str:
    number = answer.get("VersionId")
    return str(number if number not in {None, "null"} else answer["ETag"])
