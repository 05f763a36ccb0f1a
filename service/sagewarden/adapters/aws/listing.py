"""Every name of a kind by List: what is there, whether or not Search shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sagewarden.adapters.aws.calls import PAGE, Reads
from sagewarden.adapters.aws.vocabulary import WORDS, Words
from sagewarden.core.entities import Kind
from sagewarden.core.reconcile import Listing
from sagewarden.errors import Absent, ReadFailed


@dataclass(slots=True)
class Names:
    """What a List gave, by key; `failed` says why it is not all."""

    listed: dict[str, Listing] = field(default_factory=dict)
    failed: str | None = None


def list_all(reads: Reads, kind: Kind, tell: Callable[[int], None]) -> Names:
    """List a whole kind, oldest first; `tell` hears how many there are so far."""
    names, words = Names(), WORDS[kind]
    request = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": PAGE}
    try:
        for page in reads.pages(words.list, words.summaries, **request):
            for summary in page[words.summaries]:
                listing = _listing(words, summary)
                names.listed[listing.key] = listing
            tell(len(names.listed))
    except (ReadFailed, Absent) as error:
        names.failed = error.message
    return names


def _listing(words: Words, summary: Mapping[str, Any]) -> Listing:
    return Listing(
        name=summary[words.name],
        arn=summary[words.arn],
        created=summary["CreationTime"],
        modified=summary.get("LastModifiedTime"),
        status=(summary.get("Status") or {}).get("PrimaryStatus"),
    )
