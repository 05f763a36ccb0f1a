"""Reads what only the archive needs: the source jobs' records, and metric series."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sagewarden.adapters.aws.calls import PAGE, Reads
from sagewarden.adapters.aws.series import read_series
from sagewarden.adapters.aws.vocabulary import WORDS
from sagewarden.application.ports.aws import SeriesRequest
from sagewarden.core.entities import Kind

FILTERS = 20
"""Filters in one Search at most (API reference, SearchExpression)."""


class SageMakerRecords:
    """Implements the port `Records` for one target."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def sources(self, components: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Search's SourceDetail by component key, for those that have one.

        Give names in AWS's own spelling: whether Search's Equals minds the case is not documented.
        A component that Search does not show has none here. Raise a kind of ReadFailed.
        """
        words = WORDS[Kind.COMPONENT]
        return {
            record[words.name].lower(): record["SourceDetail"]
            for names in _chunks(sorted(set(components)), FILTERS)
            for page in self._reads.pages("Search", "Results", **_named(names))
            for record in (hit[words.prefix] for hit in page["Results"])
            if record.get("SourceDetail")
        }

    def associations(self, arn: str) -> tuple[Mapping[str, Any], ...]:
        """Every lineage edge from or to an ARN; deleting a component may take its edges along.

        An edge from an entity to itself comes once. Raise a kind of ReadFailed.
        """
        edges = {
            (edge["SourceArn"], edge["DestinationArn"], edge.get("AssociationType", "")): edge
            for end in ("SourceArn", "DestinationArn")
            for page in self._reads.pages(
                "ListAssociations", "AssociationSummaries", MaxResults=PAGE, **{end: arn}
            )
            for edge in page["AssociationSummaries"]
        }
        return tuple(edges[place] for place in sorted(edges))

    def series(
        self, wanted: Sequence[SeriesRequest]
    ) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """Metric series by component ARN, as `read_series` reads them.

        Every ARN that was asked for has an entry. Raise a kind of ReadFailed when a whole call
        fails; what fails for one metric stands in that metric's `status`, which begins with
        FAILED_SERIES when another time it may not.
        """
        return read_series(self._reads, wanted)


def _named(names: Sequence[str]) -> dict[str, Any]:
    words = WORDS[Kind.COMPONENT]
    filters = [{"Name": words.name, "Operator": "Equals", "Value": name} for name in names]
    return {
        "Resource": words.resource,
        "SearchExpression": {"Filters": filters, "Operator": "Or"},
        "MaxResults": PAGE,
    }


def _chunks(names: Sequence[str], length: int) -> Iterator[Sequence[str]]:
    return (names[start : start + length] for start in range(0, len(names), length))
