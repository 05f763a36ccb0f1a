"""What was seeded, in numbers."""

from collections import Counter
from dataclasses import dataclass

from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.holds import LEGAL, OWN
from sagewarden.sandbox.seed.tags import RUN_TAG


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedSummary:
    """Counts of a seeded account.

    `runs` are components of the SDK's `Run`, `unassigned` hang on no trial, `in_progress` say
    that they still run (stuck ones too), `held` entities carry a hold tag of either sort,
    `associations` are links between a component and a trial, `jobs` are job records.
    """

    experiments: int
    trials: int
    components: int
    associations: int
    runs: int
    unassigned: int
    in_progress: int
    held: int
    jobs: int
    model_packages: int
    endpoints: int


def summary_of(draft: Draft) -> SeedSummary:
    """Count what a draft holds."""
    types = Counter(resource.type for resource in draft.resources)
    entities = (*draft.experiments, *draft.components)
    return SeedSummary(
        experiments=len(draft.experiments),
        trials=len(draft.trials),
        components=len(draft.components),
        associations=sum(len(made.trials) for made in draft.components),
        runs=sum(RUN_TAG in made.tags for made in draft.components),
        unassigned=sum(not made.trials for made in draft.components),
        in_progress=sum(
            made.status is not None and made.status["PrimaryStatus"] == "InProgress"
            for made in draft.components
        ),
        held=sum(LEGAL in made.tags or OWN in made.tags for made in entities),
        jobs=sum(number for kind, number in types.items() if kind.endswith("-job")),
        model_packages=types["model-package"],
        endpoints=types["endpoint"],
    )
