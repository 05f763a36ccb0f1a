"""Tags as people set them: often well, sometimes half, a third of the time not at all."""

from collections.abc import Mapping
from random import Random

from sagewarden.sandbox.records import NOTHING
from sagewarden.sandbox.seed.words import PEOPLE, TEAMS, pick

Tags = Mapping[str, str]

RUN_TAG = "sagemaker:trial-component-source"
_COST_CENTERS = ("ml-100", "ml-200", "ml-310", "research-7")
_ENVIRONMENTS = {
    "dev": ("dev", "dev", "dev", "sandbox"),
    "ci": ("dev",),
    "sandbox": ("sandbox", "sandbox", "dev"),
    "prod": ("prod", "prod", "production"),
    "team": ("dev", "prod", "production", "sandbox"),
}
_LIFETIMES = ("14d", "30d", "90d", "180d")
_JOB_TAG_SETS = 288
_UNTAGGED = 0.35


def owner_of(person: str) -> str:
    """Write a person's mail address."""
    return person.replace("-", ".") + "@example.com"


def team_of(person: str) -> str:
    """Tell in whose team a person is."""
    return TEAMS[PEOPLE.index(person) % len(TEAMS)]


def user_tags(rng: Random, prefix: str, person: str) -> Tags:
    """Draw the tags of something that a person made."""
    return NOTHING if rng.random() < _UNTAGGED else _some_tags(rng, prefix, person)


def _some_tags(rng: Random, prefix: str, person: str) -> Tags:
    tags = {"owner": owner_of(person), "env": pick(rng, _ENVIRONMENTS[prefix])}
    drawn = (
        ("team", team_of(person), 0.8),
        ("cost-center", pick(rng, _COST_CENTERS), 0.6),
        ("ttl", pick(rng, _LIFETIMES), 0.1 if prefix == "prod" else 0.35),
    )
    return tags | {tag: value for tag, value, share in drawn if rng.random() < share}


def run_tags(extra: Tags = NOTHING) -> Tags:
    """Tag a component as a run of the SDK."""
    return {RUN_TAG: "run", **extra}


def job_tag_sets(rng: Random) -> tuple[Tags, ...]:
    """Draw the sets of tags that jobs share: a third of them is empty."""
    prefixes = tuple(_ENVIRONMENTS)
    return tuple(
        _some_tags(rng, pick(rng, prefixes), pick(rng, PEOPLE)) if number % 3 else NOTHING
        for number in range(_JOB_TAG_SETS)
    )
