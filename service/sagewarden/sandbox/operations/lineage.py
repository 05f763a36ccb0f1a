"""Lineage: artifacts, actions, contexts, and the edges between them and components."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sagewarden.sandbox import pages
from sagewarden.sandbox.operations.call import Call, tags_in
from sagewarden.sandbox.operations.lists import USUAL_PAGE, cut
from sagewarden.sandbox.records import Association, Json, Resource
from sagewarden.sandbox.refusal import invalid, missing
from sagewarden.sandbox.render import without_nothing

COPIED = ("Source", "Properties", "MetadataProperties", "Description", "Status")


@dataclass(frozen=True, slots=True)
class LineageKind:
    """One of the three kinds of lineage entities, and how its members are called."""

    word: str

    @property
    def type(self) -> str:
        """Its word in an ARN."""
        return self.word.lower()

    def create(self, call: Call) -> Json:
        """Make one. An artifact of the same source, type and identity is answered, not made."""
        name = self._name_for(call)
        arn = call.state.arn(self.type, name)
        found = call.state.resources.get(arn)
        if found is not None and self.word != "Artifact":
            raise invalid(f"{self.word} with name ({name}) already exists.")
        if found is None:
            call.state.resources.put(self._made(call, arn, name))
        return {f"{self.word}Arn": arn}

    def _name_for(self, call: Call) -> str:
        if self.word != "Artifact":
            return str(call.params[f"{self.word}Name"])
        source = call.params["Source"]
        identity = [source["SourceUri"], call.params["ArtifactType"]]
        identity += sorted(str(each) for each in source.get("SourceTypes", ()))
        return hashlib.sha256("\n".join(identity).encode()).hexdigest()[:32]

    def _made(self, call: Call, arn: str, name: str) -> Resource:
        params = call.params
        fields = [
            (f"{self.word}Name", params.get(f"{self.word}Name")),
            (f"{self.word}Arn", arn),
            (f"{self.word}Type", params[f"{self.word}Type"]),
            ("CreationTime", call.now),
            ("CreatedBy", {}),
            ("LastModifiedTime", call.now),
            ("LastModifiedBy", {}),
        ]
        body = without_nothing(fields + [(key, params.get(key)) for key in COPIED])
        tags = tags_in(params)
        return Resource(arn=arn, type=self.type, name=name, created=call.now, body=body, tags=tags)

    def found(self, call: Call) -> Resource:
        """Find one by its name or ARN, or refuse."""
        given = call.params.get(f"{self.word}Arn") or call.params.get(f"{self.word}Name") or ""
        arn = given if given.startswith("arn:") else call.state.arn(self.type, given)
        record = call.state.resources.get(arn)
        if record is None:
            raise missing(self.word, arn)
        return record

    def describe(self, call: Call) -> Json:
        """Answer one whole."""
        return dict(self.found(call).body)

    def delete(self, call: Call) -> Json:
        """Delete one that no edge touches."""
        record = self.found(call)
        if any(True for _ in call.state.edges_of(record.arn)):
            raise invalid(f"{self.word} '{record.arn}' has associations and cannot be deleted.")
        call.state.resources.remove(record.key)
        return {f"{self.word}Arn": record.arn}

    def listed(self, call: Call) -> Json:
        """Answer summaries, newest first unless told otherwise."""
        records = [each for each in call.state.resources if each.type == self.type]
        uri = call.params.get("SourceUri")
        chosen = [r for r in records if uri is None or r.body["Source"]["SourceUri"] == uri]
        return listing(call, f"{self.word}Summaries", chosen, self._summary)

    def _summary(self, record: Resource) -> Json:
        left_out = {"Properties", "MetadataProperties", "CreatedBy", "LastModifiedBy"}
        return {key: value for key, value in record.body.items() if key not in left_out}


def listing(
    call: Call, name: str, records: Iterable[Resource], summary: Callable[[Resource], Json]
) -> Json:
    """Answer one page of resources in order of creation."""
    by_place = {(record.created, record.key): record for record in records}
    page, token = page_of(call, sorted(by_place), usual=USUAL_PAGE)
    return {name: [summary(by_place[place]) for place in page]} | token


def page_of(call: Call, places: list[Any], usual: int) -> tuple[list[Any], Json]:
    """Cut the page a request asks for, and the token that goes on, if any."""
    params = call.params
    page, more = cut(
        places,
        pages.place_of(params.get("NextToken")),
        pages.page_length(params.get("MaxResults"), usual, call.knobs.page_cap),
        descending=params.get("SortOrder", "Descending") == "Descending",
    )
    return page, {"NextToken": pages.token_of(page[-1])} if more and page else {}


def add_association(call: Call) -> Json:
    """Draw an edge between two ARNs that exist."""
    source, destination = call.params["SourceArn"], call.params["DestinationArn"]
    for arn in (source, destination):
        if call.state.find(arn) is None:
            raise missing("Resource", arn)
    if (source.lower(), destination.lower()) in call.state.associations:
        raise invalid(f"Association between '{source}' and '{destination}' already exists.")
    edge = Association(
        source=source,
        destination=destination,
        type=call.params.get("AssociationType"),
        created=call.now,
    )
    call.state.associate(edge)
    return {"SourceArn": source, "DestinationArn": destination}


def delete_association(call: Call) -> Json:
    """Take an edge away; both ends stay."""
    source, destination = call.params["SourceArn"], call.params["DestinationArn"]
    ends = (source.lower(), destination.lower())
    if call.state.associations.pop(ends, None) is None:
        raise missing("Association", f"{source} -> {destination}")
    return {"SourceArn": source, "DestinationArn": destination}


def list_associations(call: Call) -> Json:
    """Answer the edges of a source, of a destination, of a type, or all."""
    params, edges = call.params, call.state.associations
    wanted = (params.get("SourceArn", "").lower(), params.get("DestinationArn", "").lower())
    kind = params.get("AssociationType")
    chosen = {
        (edge.created, *ends): edge
        for ends, edge in edges.items()
        if all(not want or want == end for want, end in zip(wanted, ends, strict=True))
        and kind in {None, edge.type}
    }
    page, token = page_of(call, sorted(chosen), usual=USUAL_PAGE)
    return {"AssociationSummaries": [_edge(chosen[place]) for place in page]} | token


def _edge(edge: Association) -> Json:
    return without_nothing(
        [
            ("SourceArn", edge.source),
            ("DestinationArn", edge.destination),
            ("SourceType", edge.source.split(":")[5].split("/")[0]),
            ("DestinationType", edge.destination.split(":")[5].split("/")[0]),
            ("AssociationType", edge.type),
            ("SourceName", edge.source.rpartition("/")[2]),
            ("DestinationName", edge.destination.rpartition("/")[2]),
            ("CreationTime", edge.created),
            ("CreatedBy", edge.created_by),
        ]
    )
