"""ListExperiments, ListTrials, ListTrialComponents: pages of summaries."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from sagewarden.sandbox import pages, render
from sagewarden.sandbox.operations.call import Call
from sagewarden.sandbox.records import Component, Entity, Json, Trial
from sagewarden.sandbox.refusal import invalid
from sagewarden.sandbox.table import Place
from sagewarden.sandbox.views import View, created_between

USUAL_PAGE = 10
Places = list[Place] | list[tuple[str, str]]


def list_experiments(call: Call) -> Json:
    """Answer the account's experiments."""
    view = call.listed(call.state.experiments)
    return _page(call, view, view.order(), "ExperimentSummaries", render.experiment_summary)


def list_trials(call: Call) -> Json:
    """Answer the trials of an experiment, of a component, or all."""
    view = call.listed(call.state.trials)
    places = view.order()
    if "ExperimentName" in call.params:
        above = call.experiment(call.params["ExperimentName"])
        places = _places(view.children(above.key))
    if "TrialComponentName" in call.params:
        places = _trials_of(call, view, places)
    return _page(call, view, places, "TrialSummaries", render.trial_summary)


def _trials_of(call: Call, view: View[Trial], places: list[Place]) -> list[Place]:
    name = call.component(call.params["TrialComponentName"]).key
    seen = call.listed(call.state.components).get(name)
    parents = set(seen.trials) if seen else set()
    if "ExperimentName" in call.params:
        return [place for place in places if place[1] in parents]
    return _places(record for key in parents if (record := view.get(key)))


def list_components(call: Call) -> Json:
    """Answer the components of a trial, of an experiment, of a source, or all of the account."""
    named = [key for key in ("ExperimentName", "TrialName", "SourceArn") if key in call.params]
    if len(named) > 1:
        raise invalid(f"Only one of {' and '.join(named)} can be specified.")
    view = call.listed(call.state.components)
    choose = _CHOICES[named[0]] if named else _all
    places = choose(call, view)
    return _page(call, view, places, "TrialComponentSummaries", render.component_summary)


def _all(_call: Call, view: View[Component]) -> list[Place]:
    return view.order()


def _of_trial(call: Call, view: View[Component]) -> list[Place]:
    return _places(view.children(call.trial(call.params["TrialName"]).key))


def _of_experiment(call: Call, view: View[Component]) -> list[Place]:
    above = call.experiment(call.params["ExperimentName"])
    trials = call.listed(call.state.trials).children(above.key)
    return _places(record for trial in trials for record in view.children(trial.key))


def _of_source(call: Call, view: View[Component]) -> list[Place]:
    wanted = call.params["SourceArn"].lower()
    records = (view.get(key) for _, key in view.order())
    return _places(
        r for r in records if r and (r.source or {}).get("SourceArn", "").lower() == wanted
    )


_CHOICES: dict[str, Callable[[Call, View[Component]], list[Place]]] = {
    "ExperimentName": _of_experiment,
    "TrialName": _of_trial,
    "SourceArn": _of_source,
}


def _places(records: Iterable[Entity]) -> list[Place]:
    return sorted({(record.created, record.key) for record in records})


def _page(
    call: Call,
    view: View[Any],
    places: list[Place],
    name: str,
    summary: Callable[..., Json],
) -> Json:
    params = call.params
    created = created_between(places, params.get("CreatedAfter"), params.get("CreatedBefore"))
    ordered: Places = created
    if params.get("SortBy") == "Name":
        ordered = sorted((key, key) for _, key in created)
    length = pages.page_length(params.get("MaxResults"), USUAL_PAGE, call.knobs.page_cap)
    page, more = cut(
        ordered,
        pages.place_of(params.get("NextToken")),
        length,
        descending=params.get("SortOrder", "Descending") == "Descending",
    )
    records = (view.get(key) for _, key in page)
    answer: Json = {name: [summary(call.state, record) for record in records if record]}
    if more:
        answer["NextToken"] = pages.token_of(page[-1])
    return answer


def cut(places: list[Any], after: Any, length: int, *, descending: bool) -> tuple[list[Any], bool]:
    """Cut one page out of ascending places, and say whether more follow. `after` was the last."""
    if descending:
        end = len(places) if after is None else _found(bisect_left, places, after)
        start = max(0, end - length)
        return places[start:end][::-1], start > 0
    start = 0 if after is None else _found(bisect_right, places, after)
    return places[start : start + length], start + length < len(places)


def _found(bisect: Callable[[list[Any], Any], int], places: list[Any], after: Any) -> int:
    try:
        return bisect(places, tuple(after))
    except TypeError:
        raise pages.wrong_token() from None
