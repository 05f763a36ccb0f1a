"""One sandbox for all tests of this folder, emptied before each; real boto3 clients on it."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sagewarden.sandbox import Admin, Sandbox

Client = Any
Refused = Callable[..., tuple[str, str, int]]
Tree = Callable[..., None]
ONCE = Config(
    retries={"total_max_attempts": 1},
    read_timeout=5,
    parameter_validation=False,  # the sandbox has to find what is wrong
)


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    return boto3.Session()


@pytest.fixture(scope="session")
def clients(running: Sandbox, session: boto3.Session) -> Iterator[dict[str, Client]]:
    services = ("sagemaker", "sagemaker-metrics", "resourcegroupstaggingapi", "s3", "sts")
    made: dict[str, Client] = {
        name: session.client(name, config=ONCE, **running.client_config())  # type: ignore[call-overload]
        for name in services
    }
    yield made
    for client in made.values():
        client.close()


@pytest.fixture
def box(running: Sandbox) -> Sandbox:
    running.admin.reset()
    running.admin.set_offset(0.0)
    running.admin.unfreeze()
    running.admin.set_offset(0.0)
    return running


@pytest.fixture
def admin(box: Sandbox) -> Admin:
    return box.admin


@pytest.fixture
def sm(box: Sandbox, clients: dict[str, Client]) -> Client:  # noqa: ARG001 - empties the box first
    return clients["sagemaker"]


@pytest.fixture
def metrics(box: Sandbox, clients: dict[str, Client]) -> Client:  # noqa: ARG001
    return clients["sagemaker-metrics"]


@pytest.fixture
def tagging(box: Sandbox, clients: dict[str, Client]) -> Client:  # noqa: ARG001
    return clients["resourcegroupstaggingapi"]


@pytest.fixture
def s3(box: Sandbox, clients: dict[str, Client]) -> Client:  # noqa: ARG001
    return clients["s3"]


@pytest.fixture
def sts(box: Sandbox, clients: dict[str, Client]) -> Client:  # noqa: ARG001
    return clients["sts"]


@pytest.fixture
def refused() -> Refused:
    """Make a call that must be refused; return the code, the message and the HTTP status."""

    def call(method: Callable[..., Any], **params: Any) -> tuple[str, str, int]:
        with pytest.raises(ClientError) as caught:
            method(**params)
        answer: Any = caught.value.response
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        return answer["Error"]["Code"], answer["Error"]["Message"], status

    return call


@pytest.fixture
def tree(sm: Client) -> Tree:
    """Make an experiment, its trials, and components (made once) on them."""
    made: set[str] = set()

    def make(experiment: str = "exp", **trials: list[str]) -> None:
        sm.create_experiment(ExperimentName=experiment)
        for trial, components in trials.items():
            sm.create_trial(TrialName=trial, ExperimentName=experiment)
            for component in components:
                if component not in made:
                    sm.create_trial_component(TrialComponentName=component)
                    made.add(component)
                sm.associate_trial_component(TrialName=trial, TrialComponentName=component)

    return make


@pytest.fixture
def arn(box: Sandbox) -> Callable[[str, str], str]:
    """Build an ARN from a kind and a name."""
    return box.state.arn
