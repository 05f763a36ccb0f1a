"""Three ways in which people delete experiments: `beside_recipes.py NAME [--hurried] EXPERIMENT…`.

Each is told here as its source has it, in calls, in their order, in what it waits for and in what
it passes over:

* `sdk`: `Experiment._delete_all("--force")` of the SageMaker SDK, the package's own code;
* `documented`: what the SageMaker developer guide shows for boto3 ("Clean Up Amazon SageMaker
  Experiment Resources");
* `notebook`: what the same page, and notebooks after it, do with the older `sagemaker-experiments`
  package: the calls that it makes, made by boto3.

`--hurried` leaves their sleeps out, not those of botocore between attempts. An experiment that
fails is told on standard error, and the next is begun, as a person would.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import boto3

Rest = Callable[[float], object]
REST = 0.5
"""Seconds between two components, in both recipes that are not the SDK's."""


def sdk(experiment: str, client: Any, rest: Rest) -> None:
    """Let the SDK delete it; it sleeps by itself, in two modules."""
    for name in ("experiment", "trial_component"):
        module: Any = import_module(f"sagemaker.experiments.{name}")
        module.time = SimpleNamespace(sleep=rest)
    session = import_module("sagemaker").Session(
        boto_session=boto3.Session(), sagemaker_client=client, default_bucket="unused"
    )
    found = import_module("sagemaker.experiments.experiment").Experiment.load(
        experiment_name=experiment, sagemaker_session=session
    )
    found._delete_all(action="--force")  # as the documentation has it


def documented(experiment: str, client: Any, rest: Rest) -> None:
    """Read one page of trials and one of each trial's components; any refused delete is passed."""
    for trial in client.list_trials(ExperimentName=experiment)["TrialSummaries"]:
        below = {"TrialName": trial["TrialName"]}
        for each in client.list_trial_components(**below)["TrialComponentSummaries"]:
            one = {"TrialComponentName": each["TrialComponentName"]}
            client.disassociate_trial_component(**one, **below)
            with suppress(Exception):
                client.delete_trial_component(**one)
                rest(REST)
        client.delete_trial(**below)
    client.delete_experiment(ExperimentName=experiment)


def notebook(experiment: str, client: Any, rest: Rest) -> None:
    """Load whatever is listed, page after page; any refused delete is passed."""
    root = {"ExperimentName": experiment}
    client.describe_experiment(**root)
    for listed in _each(client, "list_trials", "TrialSummaries", **root):
        below = {"TrialName": listed["TrialName"]}
        client.describe_trial(**below)
        for each in _each(client, "list_trial_components", "TrialComponentSummaries", **below):
            one = {"TrialComponentName": each["TrialComponentName"]}
            client.describe_trial_component(**one)
            client.disassociate_trial_component(**one, **below)
            with suppress(Exception):
                client.delete_trial_component(**one)
                rest(REST)
        client.delete_trial(**below)
    client.delete_experiment(**root)


def _each(client: Any, listing: str, rows: str, **asked: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a listing; a page is fetched once those before it are done with."""
    for page in client.get_paginator(listing).paginate(**asked):
        yield from page[rows]


RECIPES = {each.__name__: each for each in (sdk, documented, notebook)}


def main() -> None:
    """Delete the experiments, one after the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("experiments", nargs="+")
    parser.add_argument("--hurried", action="store_true")
    options = parser.parse_args()
    rest: Rest = (lambda _: None) if options.hurried else time.sleep  # noqa: TID251 -- theirs
    client = boto3.client("sagemaker")  # noqa: TID251 -- as their users do
    for experiment in options.experiments:
        try:
            RECIPES[options.recipe](experiment, client, rest)
        except Exception as error:  # noqa: BLE001 -- whatever it was, the next one is begun
            sys.stderr.write(f"{experiment}: {type(error).__name__}: {error}\n")


if __name__ == "__main__":
    main()
