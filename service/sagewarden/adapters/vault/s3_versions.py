"""What a bucket with versions keeps beside the objects that it lists."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sagewarden.application.ports.vault import Past
from sagewarden.core.keys import is_key

Page = Callable[[Mapping[str, str]], Mapping[str, Any]]
"""Asks for one page of ListObjectVersions, from the markers given."""


def pasts(ask: Page, start: str) -> Iterator[Past]:
    """Yield earlier versions and delete markers of all pages, keys without the vault's `start`.

    Raise ValueError when the answer says that it goes on, and not where.
    """
    markers: dict[str, str] = {}
    while True:
        page = ask(markers)
        for past in _of(page):
            key = past["Key"].removeprefix(start)
            marker = "Size" not in past
            if is_key(key) and (marker or not past["IsLatest"]):
                yield Past(key, past["VersionId"], marker=marker, hides=marker and past["IsLatest"])
        if not page["IsTruncated"]:
            return
        following = {
            "KeyMarker": page.get("NextKeyMarker", ""),
            "VersionIdMarker": page.get("NextVersionIdMarker", ""),
        }
        if following == markers or not following["KeyMarker"]:
            raise ValueError("says that a listing of versions goes on, but not where")
        markers = {name: text for name, text in following.items() if text}


def _of(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from page.get("Versions", ())
    yield from page.get("DeleteMarkers", ())
