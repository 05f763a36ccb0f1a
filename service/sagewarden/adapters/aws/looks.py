"""Consistent reads of single entities and of what hangs on them, each made anew."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sagewarden.adapters.aws.answers import Answer
from sagewarden.adapters.aws.calls import PAGE, Reads
from sagewarden.adapters.aws.models import ModelReader
from sagewarden.adapters.aws.vocabulary import WORDS, arn_of
from sagewarden.application.ports.aws import Described, Listed
from sagewarden.core.entities import Kind
from sagewarden.core.models import Models
from sagewarden.core.observe import observe
from sagewarden.errors import Absent, ReadFailed


class SageMakerLooks:
    """Implements the port `Looks` for one target."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._models = ModelReader(reads)

    def describe(self, kind: Kind, name: str) -> Described:
        """ListTags, then Describe last; a component's parents stay unknown (None).

        Raise Absent when Describe says so, whatever ListTags says; ReadFailed also when ListTags
        alone says so, or when Describe answers with another ARN than the one whose tags were read.
        """
        session = self._reads.session
        arn = arn_of(session.target, session.partition, kind, name)
        try:
            tags = self.tags(arn)
        except Absent as error:
            self._record(kind, name)
            raise ReadFailed(f"{name}: AWS describes it, but says of its tags: {error}") from error
        record = self._record(kind, name)
        if record[WORDS[kind].arn].lower() != arn.lower():
            raise ReadFailed(f"{name}: AWS describes {record[WORDS[kind].arn]} instead of {arn}")
        parents = None if kind is Kind.COMPONENT else ()
        return Described(observe(kind, record, tags=tags, parents=parents), record)

    def _record(self, kind: Kind, name: str) -> Answer:
        return self._reads.ask(WORDS[kind].describe, **{WORDS[kind].name: name})

    def tags(self, arn: str) -> dict[str, str]:
        """All tags of an ARN (ListTags)."""
        pages = self._reads.pages("ListTags", "Tags", ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def trials_of(self, component: str) -> tuple[str, ...]:
        """Keys of all trials that a component is associated with, sorted (ListTrials)."""
        return tuple(sorted(each.key for each in self._list(Kind.TRIAL, _component(component))))

    def trials_in(self, experiment: str, *, since: datetime | None = None) -> tuple[Listed, ...]:
        """All trials of an experiment, or those created at or after `since` (UTC)."""
        return self._list(Kind.TRIAL, {"ExperimentName": experiment}, since)

    def components_in(
        self,
        *,
        trial: str | None = None,
        experiment: str | None = None,
        since: datetime | None = None,
    ) -> tuple[Listed, ...]:
        """All components of a trial or of an experiment, or those created at or after `since`.

        AWS takes one of both; with neither it lists the whole account, unassigned ones included.
        """
        where = {"TrialName": trial, "ExperimentName": experiment}
        given = {key: name for key, name in where.items() if name is not None}
        return self._list(Kind.COMPONENT, given, since)

    def models_in_use(self) -> Models:
        """Every place in S3 that a model package, a model or an endpoint rests on."""
        return self._models.read()

    def now(self) -> datetime:
        """The server's time (UTC); raise ReadFailed when no call was answered yet."""
        return self._reads.session.clock.now()

    def skew(self) -> float:
        """Seconds by which our wall clock is ahead of the server's Date; 0 if never told."""
        return self._reads.session.clock.skew()

    def _list(
        self, kind: Kind, where: Mapping[str, Any], since: datetime | None = None
    ) -> tuple[Listed, ...]:
        words = WORDS[kind]
        request = {**where, "SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": PAGE}
        if since is not None:
            # botocore sends whole seconds; the answer is cut to the exact time below
            request["CreatedAfter"] = since - timedelta(seconds=1)
        pages = self._reads.pages(words.list, words.summaries, **request)
        seen = {
            each.key: each
            for page in pages
            for each in _listed(page[words.summaries], words.name)
            if since is None or each.created >= since
        }
        return tuple(seen.values())


def _component(name: str) -> dict[str, str]:
    return {"TrialComponentName": name}


def _listed(summaries: Iterable[Mapping[str, Any]], name: str) -> Iterable[Listed]:
    return (Listed(summary[name].lower(), summary["CreationTime"]) for summary in summaries)
