"""How SageMaker's API spells the three kinds: operations, members, resources, ARNs."""

from collections.abc import Mapping
from dataclasses import dataclass

from sagewarden.core.entities import Kind, Target


@dataclass(frozen=True, slots=True)
class Words:
    """The names for one kind, as the service model of botocore 1.44 has them."""

    prefix: str
    arn_type: str

    @property
    def name(self) -> str:
        """Member that holds the entity's name; the key of Describe and Delete too."""
        return f"{self.prefix}Name"

    @property
    def arn(self) -> str:
        """Member that holds the ARN."""
        return f"{self.prefix}Arn"

    @property
    def resource(self) -> str:
        """What Search calls the kind."""
        return "Experiment" if self.prefix == "Experiment" else f"Experiment{self.prefix}"

    @property
    def describe(self) -> str:
        """Operation that reads one."""
        return f"Describe{self.prefix}"

    @property
    def delete(self) -> str:
        """Operation that deletes one."""
        return f"Delete{self.prefix}"

    @property
    def list(self) -> str:
        """Operation that lists them."""
        return f"List{self.prefix}s"

    @property
    def summaries(self) -> str:
        """Member of the list's answer that holds them."""
        return f"{self.prefix}Summaries"


WORDS: Mapping[Kind, Words] = {
    Kind.EXPERIMENT: Words("Experiment", "experiment"),
    Kind.TRIAL: Words("Trial", "experiment-trial"),
    Kind.COMPONENT: Words("TrialComponent", "experiment-trial-component"),
}


def arn_of(target: Target, partition: str, kind: Kind, name: str) -> str:
    """Build an entity's ARN: AWS makes it of the name, so it is known before any Describe."""
    return (
        f"arn:{partition}:sagemaker:{target.region}:{target.account}:{WORDS[kind].arn_type}/{name}"
    )
