"""Search: whole records from an index that lags, ends at a depth, and may hide names."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import orjson

from sagewarden.sandbox import pages, render
from sagewarden.sandbox.operations.call import Call
from sagewarden.sandbox.operations.filters import Predicate, creation_window, predicate_of
from sagewarden.sandbox.operations.lists import cut
from sagewarden.sandbox.operations.properties import reader_of
from sagewarden.sandbox.records import Json
from sagewarden.sandbox.state import AccountState
from sagewarden.sandbox.table import Place, Table
from sagewarden.sandbox.views import LAST, View

USUAL_PAGE = 100
RESOURCE_TYPES = {
    "TrainingJob": "training-job",
    "ModelPackage": "model-package",
    "ModelPackageGroup": "model-package-group",
    "Endpoint": "endpoint",
    "Model": "model",
    "HyperParameterTuningJob": "hyper-parameter-tuning-job",
    "Pipeline": "pipeline",
    "PipelineExecution": "pipeline-execution",
}
"""Search's names for what is kept among the resources. Other kinds have no hits."""


def search(call: Call) -> Json:
    """Answer one page of whole records that match."""
    view = call.searched(_table(call.state, call.params["Resource"]))
    places = _matches(call, view)
    token = pages.place_of(call.params.get("NextToken"))
    after, seen = token or (None, 0)
    depth = call.knobs.search_depth
    length = pages.page_length(call.params.get("MaxResults"), USUAL_PAGE, call.knobs.page_cap)
    descending = call.params.get("SortOrder", "Descending") == "Descending"
    page, more = cut(places, after, min(length, max(0, depth - seen)), descending=descending)
    answer: Json = {"Results": _written(call, view, page), "TotalHits": _total(places, depth)}
    seen += len(page)
    if more and page and seen < depth:
        answer["NextToken"] = pages.token_of([page[-1], seen])
    return answer


def _total(places: list[Any], depth: int) -> Json:
    relation = "EqualTo" if len(places) <= depth else "GreaterThanOrEqualTo"
    return {"Value": min(len(places), depth), "Relation": relation}


def _table(state: AccountState, resource: str) -> Table[Any]:
    tables: dict[str, Table[Any]] = {
        "Experiment": state.experiments,
        "ExperimentTrial": state.trials,
        "ExperimentTrialComponent": state.components,
    }
    return tables.get(resource, state.resources)


def _written(call: Call, view: View[Any], page: list[Any]) -> list[Json]:
    records = [record for place in page if (record := view.get(place[-1])) is not None]
    write = render.FOUND
    found = [write[type(record)](call.state, record) for record in records]
    if view.is_of(call.state.resources):
        return [{call.params["Resource"]: one} for one in found]
    return found


def _matches(call: Call, view: View[Any]) -> list[Any]:
    """Return the places of all that match, ascending; kept while nothing changes."""
    params, knobs = call.params, call.knobs
    asked = [
        params["Resource"],
        params.get("SearchExpression"),
        params.get("SortBy"),
        params.get("VisibilityConditions"),
        knobs.hidden_names,
    ]
    key = orjson.dumps(asked), view.stamp
    found: list[Any] = call.state.memo.get(key, lambda: _computed(call, view))
    return found


def _computed(call: Call, view: View[Any]) -> list[Any]:
    expression = call.params.get("SearchExpression")
    places = view.order() if expression is None else _window(view.order(), expression)
    tests = _tests(call)
    if tests:
        places = [
            place
            for place in places
            if (record := view.get(place[1])) is not None and all(test(record) for test in tests)
        ]
    by = call.params.get("SortBy", "LastModifiedTime")
    return places if by == "CreationTime" else _sorted_by(call.state, view, places, by)


def _window(order: list[Place], expression: Json) -> list[Place]:
    low, high = creation_window(expression)
    start = 0 if low is None else bisect_left(order, (low, ""))
    end = len(order) if high is None else bisect_right(order, (high, LAST))
    return order[start:end]


def _tests(call: Call) -> list[Predicate]:
    params, tests = call.params, list[Predicate]()
    resource, hidden = params["Resource"], call.knobs.hidden_names
    if _table(call.state, resource) is call.state.resources:
        kind = RESOURCE_TYPES.get(resource)
        tests.append(lambda record: record.type == kind)
    if params.get("SearchExpression") is not None:
        tests.append(predicate_of(call.state, params["SearchExpression"]))
    if hidden:
        tests.append(lambda record: not any(fnmatchcase(record.name, glob) for glob in hidden))
    tests.extend(_visible(each) for each in params.get("VisibilityConditions", ()))
    return tests


def _visible(condition: Json) -> Predicate:
    key, value = condition.get("Key", ""), condition.get("Value")
    name = key.removeprefix("Tags.").removeprefix("aws:ResourceTag/")
    return lambda record: record.tags.get(name) == value


def _sorted_by(state: AccountState, view: View[Any], places: list[Place], by: str) -> list[Any]:
    rank: Callable[[Any], list[Any]] = _rank_of(state, by)
    return sorted((*rank(view.get(key)), key) for _, key in places)


def _rank_of(state: AccountState, by: str) -> Callable[[Any], list[Any]]:
    """Rank by a property: absent first, then numbers, then words."""
    read = reader_of(by)

    def rank(record: Any) -> list[Any]:
        values = read(state, record)
        if not values:
            return [0, 0.0, ""]
        if isinstance(values[0], int | float):
            return [1, float(values[0]), ""]
        return [2, 0.0, str(values[0])]

    return rank
