"""resourcegroupstaggingapi: tags of many ARNs at once. Whether it covers these types is a knob."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from sagewarden.sandbox import pages, render
from sagewarden.sandbox.operations.call import Call, merged_tags
from sagewarden.sandbox.operations.tags import retag
from sagewarden.sandbox.records import Json, Resource
from sagewarden.sandbox.refusal import Refusal
from sagewarden.sandbox.state import Stored

USUAL_PAGE = 50


def get_resources(call: Call) -> Json:
    """Answer the tags of what is tagged, by ARN or by filters; ARNs unknown to it are left out."""
    params = call.params
    chosen = [
        (arn, found)
        for arn, found in _candidates(call)
        if found.tags and _typed(params, arn) and _tagged(params, found)
    ]
    start = pages.place_of(params.get("PaginationToken") or None) or 0
    length = pages.page_length(params.get("ResourcesPerPage"), USUAL_PAGE, call.knobs.page_cap)
    if params.get("ResourceARNList"):
        start, length = 0, len(chosen)
    mapped = [
        {"ResourceARN": arn, "Tags": render.wire_tags(found.tags)}
        for arn, found in chosen[start : start + length]
    ]
    more = start + length < len(chosen)
    token = pages.token_of(start + length) if more else ""
    return {"ResourceTagMappingList": mapped, "PaginationToken": token}


def _candidates(call: Call) -> Iterator[tuple[str, Stored]]:
    state = call.state
    for arn in call.params.get("ResourceARNList") or ():
        found = _known(call, arn)
        if found is not None:
            yield arn, found
    if call.params.get("ResourceARNList"):
        return
    if call.knobs.tagging_api_knows:
        for table in (state.experiments, state.trials, state.components):
            yield from ((state.arn_of(record), record) for record in table)
    yield from ((record.arn, record) for record in state.resources)


def _known(call: Call, arn: str) -> Stored | None:
    found = call.state.find(arn)
    if isinstance(found, Resource) or call.knobs.tagging_api_knows:
        return found
    return None


def _typed(params: Json, arn: str) -> bool:
    wanted = params.get("ResourceTypeFilters")
    kind = arn.rpartition(":")[2].partition("/")[0]
    return not wanted or "sagemaker" in wanted or f"sagemaker:{kind}" in wanted


def _tagged(params: Json, found: Stored) -> bool:
    return all(
        each["Key"] in found.tags
        and (not each.get("Values") or found.tags[each["Key"]] in each["Values"])
        for each in params.get("TagFilters") or ()
    )


def tag_resources(call: Call) -> Json:
    """Tag up to 20 ARNs; those that fail are told inside an HTTP 200."""
    given = call.params["Tags"]
    return _for_each(call, lambda found: merged_tags(found.tags, given))


def untag_resources(call: Call) -> Json:
    """Take tags off up to 20 ARNs; those that fail are told inside an HTTP 200."""
    gone = set(call.params["TagKeys"])
    return _for_each(
        call, lambda found: {key: v for key, v in found.tags.items() if key not in gone}
    )


def _for_each(call: Call, tags_for: Callable[[Stored], dict[str, str]]) -> Json:
    failed: dict[str, Json] = {}
    for arn in call.params["ResourceARNList"]:
        found = _known(call, arn)
        refused = any(fnmatchcase(arn, glob) for glob in call.knobs.tagging_api_refuses)
        if found is None or refused:
            failed[arn] = _failure("InvalidParameterException", "The resource was not found.")
            continue
        try:
            retag(call, found, tags_for(found))
        except Refusal as refusal:
            failed[arn] = _failure("InvalidParameterException", refusal.message)
    return {"FailedResourcesMap": failed}


def _failure(code: str, message: str) -> Json:
    return {"StatusCode": 400, "ErrorCode": code, "ErrorMessage": message}
