"""What seeding has made so far, and the names of the account it is made for."""

from datetime import UTC, datetime
from itertools import count
from random import Random

from sagewarden.sandbox.records import NOTHING, Component, Experiment, Resource, Trial, Wire
from sagewarden.sandbox.seed.words import PEOPLE
from sagewarden.sandbox.state import AccountState

_STUDIO_SHARE = 0.6


class Draft:
    """Collects records, then stores all of them at once. `now` is in epoch seconds."""

    def __init__(self, account: AccountState, seed: int, now: float) -> None:
        self._account = account
        self._seed = seed
        self._serials = count(1)
        self.now = now
        self.bucket = f"sagemaker-{account.region}-{account.account}"
        self.role = f"arn:aws:iam::{account.account}:role/service-role/AmazonSageMaker-Research"
        self.registry = f"{account.account}.dkr.ecr.{account.region}.amazonaws.com"
        self.experiments: list[Experiment] = []
        self.trials: list[Trial] = []
        self.components: list[Component] = []
        self.resources: list[Resource] = []
        self._authors = {person: self._profile(person) for person in PEOPLE}

    def chance(self, part: str) -> Random:
        """Give a part of the account its own dice, so that parts do not disturb each other."""
        return Random(f"{self._seed}/{part}")

    def serial(self) -> int:
        """Count up: no two names are alike."""
        return next(self._serials)

    def arn(self, kind: str, name: str) -> str:
        """Build an ARN in this account and region."""
        return self._account.arn(kind, name)

    def s3(self, path: str) -> str:
        """Build a location in the account's default bucket."""
        return f"s3://{self.bucket}/{path}"

    def author(self, person: str) -> Wire:
        """Say who made something as AWS does for users of Studio."""
        return self._authors[person]

    def _profile(self, person: str) -> Wire:
        domain = f"d-{self._account.account}"
        return {
            "UserProfileArn": self.arn("user-profile", f"{domain}/{person}"),
            "UserProfileName": person,
            "DomainId": domain,
        }

    def anyone(self, rng: Random) -> tuple[str, Wire]:
        """Draw a person, and how AWS names them: not at all when they work through a role."""
        person = PEOPLE[int(rng.random() * len(PEOPLE))]
        through_studio = rng.random() < _STUDIO_SHARE
        return person, self.author(person) if through_studio else NOTHING

    def store(self) -> None:
        """Write everything into the account, visible at once."""
        self._account.experiments.put_many(self.experiments)
        self._account.trials.put_many(self.trials)
        self._account.components.put_many(self.components)
        self._account.resources.put_many(self.resources)


def stamp(at: float) -> str:
    """Write a time (epoch seconds) as the SDK does at the end of job names, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d-%H-%M-%S")
