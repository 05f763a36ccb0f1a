"""One sandbox for all runs, emptied before each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.runs import worlds
from tests.runs.approving import STRICT
from tests.runs.enumerating import Start
from tests.runs.stage import POLICIES, Clockwork, Stage, open_session

from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.policyfiles import load_policies
from sagewarden.core.policy import PolicySet
from sagewarden.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_box() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture(scope="module", autouse=True)
def credentials(running_box: Sandbox) -> Iterator[None]:
    """Credentials that only the sandbox believes, and no other endpoint by accident."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running_box.environment().items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def clockwork(running_box: Sandbox) -> Clockwork:
    return Clockwork(running_box)


@pytest.fixture(scope="module")
def running_session(running_box: Sandbox, clockwork: Clockwork) -> TargetSession:
    return open_session(running_box, clockwork)


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> PolicySet:
    folder: Path = tmp_path_factory.mktemp("policies")
    (folder / "all.yaml").write_text(POLICIES, "utf-8")
    return load_policies(folder)


@pytest.fixture(scope="module")
def new_stage(
    running_box: Sandbox, running_session: TargetSession, policies: PolicySet, clockwork: Clockwork
) -> Callable[[], Stage]:
    def empty() -> Stage:
        running_box.admin.reset(s3=False)
        running_box.admin.unfreeze()
        running_box.admin.set_offset(0.0)
        return Stage(running_box, running_session, policies, clockwork)

    return empty


@pytest.fixture
def stage(new_stage: Callable[[], Stage]) -> Stage:
    """An empty account and an empty vault."""
    return new_stage()


@pytest.fixture
def small(stage: Stage) -> Stage:
    """The small account; nothing is marked yet."""
    worlds.small(stage)
    stage.box.admin.clear_calls()
    return stage


@pytest.fixture(scope="module")
def marked(new_stage: Callable[[], Stage]) -> Start:
    """The small account, marked, its grace period over; made once a module."""
    stage = new_stage()
    worlds.small(stage)
    return Start.of(stage.mark(), "due")


@pytest.fixture
def due(marked: Start, stage: Stage) -> Stage:
    """The small account, marked, its grace period over: the next sweep makes ten effects."""
    return marked.restored(stage)


@pytest.fixture
def waiting(due: Stage) -> Stage:
    """A plan above the automatic limit waits for approval."""
    due.limits = STRICT
    due.sweep()
    return due


@pytest.fixture
def nasty(stage: Stage) -> Stage:
    """The nasty account; nothing is marked yet."""
    worlds.nasty(stage)
    stage.box.admin.clear_calls()
    return stage
