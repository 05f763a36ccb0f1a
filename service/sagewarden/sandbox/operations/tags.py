"""AddTags, ListTags, DeleteTags, for anything that has an ARN here."""

from dataclasses import replace

from sagewarden.sandbox import pages, render
from sagewarden.sandbox.operations.call import Call, merged_tags, tags_in
from sagewarden.sandbox.records import Json, Resource
from sagewarden.sandbox.refusal import invalid, missing
from sagewarden.sandbox.state import Stored, changed

LEAST_PAGE = 50


def _tagged(call: Call) -> Stored:
    arn = call.params["ResourceArn"]
    found = call.state.find(arn)
    if found is None:
        raise missing("Resource", arn)
    return found


def retag(call: Call, record: Stored, tags: dict[str, str]) -> None:
    """Give a stored record other tags, moving LastModifiedTime as the knob says."""
    if isinstance(record, Resource):
        call.state.store(replace(record, tags=tags))
        return
    tagged = changed(record, tags=tags)
    call.state.store(tagged)
    call.touch(call.knobs.touch_on_tags, tagged)


def add_tags(call: Call) -> Json:
    """Add or replace tags; answer all there are then."""
    found = _tagged(call)
    tags = merged_tags(found.tags, tags_in(call.params))
    retag(call, found, tags)
    return {"Tags": render.wire_tags(tags)}


def delete_tags(call: Call) -> Json:
    """Remove tags by key; a key that is not there does not matter."""
    found = _tagged(call)
    gone = set(call.params["TagKeys"])
    if any(key.lower().startswith("aws:") for key in gone):
        raise invalid("System tags cannot be deleted: keys must not start with aws:.")
    retag(call, found, {key: value for key, value in found.tags.items() if key not in gone})
    return {}


def list_tags(call: Call) -> Json:
    """Answer the tags, at least 50 a page."""
    tags = render.wire_tags(_tagged(call).tags)
    start = pages.place_of(call.params.get("NextToken")) or 0
    length = pages.page_length(call.params.get("MaxResults"), LEAST_PAGE, call.knobs.page_cap)
    answer: Json = {"Tags": tags[start : start + length]}
    if start + length < len(tags):
        answer["NextToken"] = pages.token_of(start + length)
    return answer
