"""The heart: takes addressed calls, applies them to the world, and keeps the log."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sagewarden.sandbox.addressing import Address, Credentials
from sagewarden.sandbox.calllog import CallLog, LoggedCall
from sagewarden.sandbox.clock import SandboxClock, machine_time
from sagewarden.sandbox.knobs import Knobs
from sagewarden.sandbox.limiter import Buckets
from sagewarden.sandbox.operations.call import Call
from sagewarden.sandbox.operations.registry import SERVICES, Operation, about
from sagewarden.sandbox.refusal import BROKEN, THROTTLED, Refusal
from sagewarden.sandbox.rules import Fault, Hook, RuleT, Subject
from sagewarden.sandbox.signing import outdated
from sagewarden.sandbox.state import World
from sagewarden.sandbox.validation import checked
from sagewarden.sandbox.views import state_as_of

READ_VERBS = ("Assume", "Get", "List", "Head", "Describe", "Search", "BatchGet", "Simulate")
IAM_PREFIXES = {"sagemaker-metrics": "sagemaker", "resourcegroupstaggingapi": "tag"}
TAG_GUARDED = {
    "DeleteExperiment": "experiment",
    "DeleteTrial": "experiment-trial",
    "DeleteTrialComponent": "experiment-trial-component",
    "DisassociateTrialComponent": "experiment-trial-component",
}
"""Destructive operations that a condition on aws:ResourceTag can refuse, and on which kind."""
DROPS = {"drop_before", "kill_before"}


@dataclass(slots=True)
class Admission:
    """A call that has been counted: what befell it so far, and what will befall its answer."""

    logged: LoggedCall
    refusal: Refusal | None = None
    dropped: bool = False
    wait: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    def fault(self, action: str) -> Fault | None:
        """Find the fault of a kind among those that act on this call."""
        return next((fault for fault in self.faults if fault.action == action), None)


class Engine:
    """All that one sandbox is, without its socket."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.clock = SandboxClock()
        self.world = World(self.clock.now)
        self.credentials = Credentials()
        self.log = CallLog()
        self.buckets = Buckets(knobs)
        self.faults: dict[int, Fault] = {}
        self.hooks: dict[int, Hook] = {}

    def admit(self, address: Address, params: Any, signed: str = "") -> Admission:
        """Count a call, let adversaries act, and decide whether it gets any further.

        `signed` is the X-Amz-Date of its signature; empty when it has none. What `delay_before`
        holds up arrives only after that, so its signature is older by as much.
        """
        logged = self._logged(address, params)
        self.log.add(logged)
        admission = Admission(logged)
        if self.hooks or self.faults:
            self._apply_rules(admission)
        if signed:
            arrived = machine_time() + admission.wait
            late = outdated(address.service, signed, arrived, self.knobs)
            admission.refusal = late or admission.refusal
        if admission.refusal is None and not admission.dropped:
            admission.refusal = self._denied(logged) or self._throttled(logged)
        return admission

    def _logged(self, address: Address, params: Any) -> LoggedCall:
        operation = operation_of(address.service, address.operation)
        known = operation is not None and isinstance(params, dict)
        return LoggedCall(
            number=self.log.next_number(),
            at=self.clock.now(),
            service=address.service,
            operation=address.operation,
            account=address.account,
            region=address.region,
            resource=about(operation, params) if operation and known else str(params or ""),
            write=operation.write if operation else not address.operation.startswith(READ_VERBS),
            params=params if known else None,
            caller=address.access_key,
            role=self.credentials.role_of(address.access_key),
        )

    def _apply_rules(self, admission: Admission) -> None:
        logged = admission.logged
        subject = Subject(
            number=logged.number,
            service=logged.service,
            operation=logged.operation,
            account=logged.account,
            resource=logged.resource,
        )
        for hook in _firing(self.hooks, subject):
            logged.faults.append("hook")
            self._act(hook, logged)
        for fault in _firing(self.faults, subject):
            logged.faults.append(fault.action)
            admission.faults.append(fault)
            _befall(admission, fault)

    def _act(self, hook: Hook, logged: LoggedCall) -> None:
        self.knobs.update(hook.knobs)
        for step in hook.calls:
            address = Address(
                step.get("service", "sagemaker"),
                step["operation"],
                step.get("account", logged.account),
                step.get("region", logged.region),
                "",
            )
            with suppress(Refusal):  # an adversary may come too late
                self.perform(address, step.get("params", {}))

    def _denied(self, logged: LoggedCall) -> Refusal | None:
        denied = self.knobs.denied
        whom = (logged.account, logged.role, "*") if denied else ()
        globs = [glob for each in whom for glob in denied.get(each, ())]
        if any(fnmatchcase(iam_action(logged), glob) for glob in globs):
            return access_denied(logged)
        if self.knobs.protected_tags and logged.operation in TAG_GUARDED:
            return self._tag_guarded(logged)
        return None

    def _tag_guarded(self, logged: LoggedCall) -> Refusal | None:
        state = self.world.account(logged.account, logged.region)
        found = state.find(state.arn(TAG_GUARDED[logged.operation], logged.resource))
        keys = found.tags if found else ()
        globs = self.knobs.protected_tags
        if any(fnmatchcase(key, glob) for key in keys for glob in globs):
            return access_denied(logged)
        return None

    def _throttled(self, logged: LoggedCall) -> Refusal | None:
        admitted = self.buckets.admits(
            logged.account, logged.region, logged.operation, own=logged.service in SERVICES
        )
        return None if admitted else THROTTLED

    def perform(
        self, address: Address, params: Any, stale_seconds: float | None = None
    ) -> dict[str, Any] | bytes:
        """Apply a call of one of the sandbox's own services, whatever the knobs say about rates."""
        operation = operation_of(address.service, address.operation)
        if operation is None:
            raise Refusal("UnknownOperationException", f"{address.operation} is not served here.")
        state = self.world.account(address.account, address.region)
        now = self.clock.now()
        if stale_seconds is not None and not operation.write:
            state = state_as_of(state, now - stale_seconds)
        valid = checked(address.service, address.operation, params)
        return operation.answer(Call(address.operation, valid, state, self.knobs, now))

    def latency(self, operation: str) -> float:
        """Return how long an answer waits, in seconds of machine time."""
        table = self.knobs.latency_ms
        return table.get(operation, table.get("*", 0.0)) / 1000 if table else 0.0


def operation_of(service: str, name: str) -> Operation | None:
    """Find one of the sandbox's own operations."""
    return SERVICES.get(service, {}).get(name)


def _firing(rules: dict[int, RuleT], subject: Subject) -> list[RuleT]:
    return [rule for rule in list(rules.values()) if rule.fires(subject)]


def iam_action(logged: LoggedCall) -> str:
    """Name the permission a call needs."""
    return f"{IAM_PREFIXES.get(logged.service, logged.service)}:{logged.operation}"


def access_denied(logged: LoggedCall) -> Refusal:
    """Refuse for want of a permission, as IAM words it."""
    role = logged.role.rpartition("/")[2] or "sandbox"
    caller = f"arn:aws:sts::{logged.account}:assumed-role/{role}/session"
    return Refusal(
        "AccessDeniedException",
        f"User: {caller} is not authorized to perform: {iam_action(logged)} "
        f"on resource: {logged.resource or '*'} because no identity-based policy allows the "
        f"{iam_action(logged)} action",
    )


def _befall(admission: Admission, fault: Fault) -> None:
    refusals: dict[str, Callable[[], Refusal]] = {
        "throttle": lambda: THROTTLED,
        "error_500": lambda: BROKEN,
        "deny": lambda: access_denied(admission.logged),
        "not_found": lambda: Refusal("ResourceNotFound", "The resource does not exist."),
    }
    if fault.action in refusals:
        admission.refusal = admission.refusal or refusals[fault.action]()
    if fault.action in DROPS:
        admission.dropped = True
    if fault.action == "kill_before":
        kill(fault)
    if fault.action == "delay_before":
        admission.wait += fault.seconds


def kill(fault: Fault) -> None:
    """Send SIGKILL to the process a fault names, if it still runs."""
    _signal(fault.pid, signal.SIGKILL)


def stop(fault: Fault) -> None:
    """Send SIGSTOP to the process a fault names, if it still runs; only SIGCONT wakes it."""
    _signal(fault.pid, signal.SIGSTOP)


def _signal(pid: int | None, number: signal.Signals) -> None:
    if pid is not None and pid > 1:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
