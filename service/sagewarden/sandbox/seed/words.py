"""Who works in the seeded account, on what, and how they name things."""

from random import Random
from typing import NamedTuple, TypeVar

T = TypeVar("T")

_MIXED_CASE_SHARE = 0.3
"""AWS keeps the case of a name, and compares without it."""

PEOPLE = (
    "ana-lima",
    "bogdan-petrov",
    "chen-wei",
    "dara-okafor",
    "emil-hansen",
    "farah-nasser",
    "gita-rao",
    "hugo-martel",
    "ines-duarte",
    "jonas-brandt",
    "keiko-mori",
    "luis-ortega",
)
TEAMS = ("growth", "risk", "search", "pricing", "vision", "supply", "support", "platform")
PROJECTS = (
    "churn",
    "fraud",
    "ranking",
    "demand",
    "uplift",
    "defects",
    "intent",
    "ltv",
    "eta",
    "credit",
    "basket",
    "photo-tags",
)
TOPICS = ("baseline", "features", "retrain", "ablation", "tuned", "distill", "cleanup", "weekly")


class Family(NamedTuple):
    """How an experiment is named, and whether its whole tree is stale."""

    prefix: str
    idle: bool


FAMILIES = (
    Family("dev", idle=True),
    Family("prod", idle=False),
    Family("team", idle=False),
    Family("ci", idle=True),
    Family("sandbox", idle=False),
    Family("dev", idle=False),
    Family("prod", idle=False),
    Family("ci", idle=False),
    Family("team", idle=False),
    Family("dev", idle=False),
    Family("dev", idle=True),
    Family("prod", idle=False),
    Family("team", idle=False),
    Family("sandbox", idle=True),
    Family("ci", idle=False),
    Family("team", idle=False),
    Family("prod", idle=False),
    Family("team", idle=False),
    Family("dev", idle=True),
    Family("ci", idle=True),
    Family("prod", idle=False),
    Family("sandbox", idle=False),
    Family("dev", idle=False),
    Family("team", idle=False),
)
"""Taken in turn: a quarter of the trees is stale, all of these made by developers and tests."""


def pick(rng: Random, choices: tuple[T, ...]) -> T:
    """Draw one of some choices; several times faster than `Random.choice`."""
    return choices[int(rng.random() * len(choices))]


def experiment_name(rng: Random, prefix: str, serial: int) -> str:
    """Make up the name of an experiment; the serial number makes it the only one."""
    project, topic = pick(rng, PROJECTS), pick(rng, TOPICS)
    if prefix == "ci":
        return f"ci-{4_000 + serial}"
    if prefix == "sandbox":
        return f"sandbox-{pick(rng, PEOPLE)}-{serial}"
    if prefix == "team":
        team = pick(rng, TEAMS)
        mixed = rng.random() < _MIXED_CASE_SHARE
        return f"{team.title() if mixed else team}-{project}-{topic}-{serial}"
    return f"{prefix}-{project}-{topic}-{serial}"


def words_of(serial: int, length: int = 10) -> str:
    """Scramble a number into lower-case letters and digits, as AWS ends its generated names."""
    scrambled, letters = serial * 2_654_435_761 % 36**length, []
    for _ in range(length):
        scrambled, digit = divmod(scrambled, 36)
        letters.append("0123456789abcdefghijklmnopqrstuvwxyz"[digit])
    return "".join(letters)
