"""Every name of a kind by List: what is there, whether or not Search shows it."""

from collections.abc import Callable, Mapping
from typing import Any

from sagewarden.adapters.aws.calls import PAGE, Reads
from sagewarden.adapters.aws.search import Found
from sagewarden.adapters.aws.vocabulary import WORDS, Words
from sagewarden.core.reconcile import Listing
from sagewarden.errors import Absent, ReadFailed


def list_all(reads: Reads, found: Found, tell: Callable[[int], None]) -> None:
    """List a whole kind, oldest first; `tell` hears how many there are so far."""
    words = WORDS[found.kind]
    request = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": PAGE}
    try:
        for page in reads.pages(words.list, words.summaries, **request):
            for summary in page[words.summaries]:
                found.list(_listing(words, summary))
            tell(len(found.listed))
    except (ReadFailed, Absent) as error:
        found.unlisted = error.message


def _listing(words: Words, summary: Mapping[str, Any]) -> Listing:
    return Listing(
        name=summary[words.name],
        arn=summary[words.arn],
        created=summary["CreationTime"],
        modified=summary.get("LastModifiedTime"),
        status=(summary.get("Status") or {}).get("PrimaryStatus"),
    )
