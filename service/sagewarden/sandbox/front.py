"""Takes a request to its service and its answer back, past the rules."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from urllib.parse import parse_qs, unquote

from sagewarden.sandbox import protocols, simulation
from sagewarden.sandbox.addressing import ADMIN_PREFIX, Address, address_of
from sagewarden.sandbox.connection import Served
from sagewarden.sandbox.engine import Admission, Engine
from sagewarden.sandbox.moto_bridge import MotoBridge
from sagewarden.sandbox.refusal import BROKEN, Refusal
from sagewarden.sandbox.spoiling import spoiled
from sagewarden.sandbox.wire import DROPPED, Answer, Request

LOG = logging.getLogger(__name__)
AdminAnswerer = Callable[[Request], Answer]


class Front:
    """The one door for every service."""

    def __init__(
        self,
        engine: Engine,
        bridge: MotoBridge,
        threads: tuple[Executor, Executor],
        admin: AdminAnswerer,
    ) -> None:
        self._engine = engine
        self._bridge = bridge
        self._moto, self._behind = threads
        self._admin = admin

    def serve(self, request: Request) -> Served:
        """Answer at once what needs no waiting; hand back a coroutine for the rest."""
        if request.target.startswith(ADMIN_PREFIX):
            return self._later_admin(request)
        address = address_of(request, self._engine.credentials)
        if address.service not in protocols.OWN:
            return self._foreign(address, request)
        return self._own(address, request)

    async def _later_admin(self, request: Request) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._behind, self._admin, request)

    def _own(self, address: Address, request: Request) -> Served:
        try:
            params = protocols.params_of(address, request)
        except Refusal as refusal:
            admission = self._engine.admit(address, None, _signed(address, request))
            return self._refused(admission, address, admission.refusal or refusal, request)
        admission = self._engine.admit(address, params, _signed(address, request))
        if admission.wait:
            return self._own_later(admission, address, request)
        return self._own_now(admission, address, request)

    async def _own_later(self, admission: Admission, address: Address, request: Request) -> Answer:
        await asyncio.sleep(admission.wait)
        return self._own_now(admission, address, request)

    def _own_now(self, admission: Admission, address: Address, request: Request) -> Answer:
        if admission.dropped:
            return DROPPED
        if admission.refusal is not None:
            return self._refused(admission, address, admission.refusal, request)
        stale = admission.fault("stale")
        try:
            params = admission.logged.params
            seconds = stale.seconds if stale else None
            result = self._engine.perform(address, {} if params is None else params, seconds)
        except Refusal as refusal:
            return self._refused(admission, address, refusal, request)
        except Exception:
            LOG.exception("defect in the sandbox, in %s", address.operation)
            return self._refused(admission, address, BROKEN, request)
        return self._applied(admission, address, protocols.answered(address, result))

    async def _foreign(self, address: Address, request: Request) -> Answer:
        about, signed = _about(address, request), _signed(address, request)
        admission = self._engine.admit(address, about, signed)
        await asyncio.sleep(admission.wait)
        if admission.dropped:
            return DROPPED
        if admission.refusal is not None:
            return self._refused(admission, address, admission.refusal, request)
        if address.operation == simulation.OPERATION:
            simulated = simulation.simulated(address.account, request, self._engine.knobs)
            return self._applied(admission, address, simulated)
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._moto, self._bridge.answer, address, request)
        except Refusal as refusal:
            return self._refused(admission, address, refusal, request)
        return self._applied(admission, address, answer)

    def _applied(self, admission: Admission, address: Address, answer: Answer) -> Answer:
        logged = admission.logged
        logged.applied = answer.status < 400  # noqa: PLR2004 - HTTP
        logged.code, logged.status = "OK" if logged.applied else "Refused", answer.status
        latency = self._engine.latency(logged.operation)
        if latency:
            answer = replace(answer, delay=answer.delay + latency)
        return spoiled(address, admission, answer) if admission.faults else answer

    def _refused(
        self, admission: Admission, address: Address, refusal: Refusal, request: Request
    ) -> Answer:
        logged = admission.logged
        answer = protocols.refused(address, refusal, request.method)
        logged.code, logged.status = refusal.code, answer.status
        latency = self._engine.latency(logged.operation)
        delayed = admission.fault("delay")
        seconds = latency + (delayed.seconds if delayed else 0.0)
        return replace(answer, delay=seconds, has_body=request.method != "HEAD")


def _signed(address: Address, request: Request) -> str:
    """Return when a request was signed, as its header says; a presigned URL has no such header."""
    return request.headers.get("x-amz-date", "") if address.access_key else ""


def _about(address: Address, request: Request) -> str:
    """Name what a call of a foreign service is about: S3's bucket and key, the role for STS."""
    if address.operation == "AssumeRole":
        asked = parse_qs(request.body.decode("utf-8", "replace"))
        return asked.get("RoleArn", [""])[0]
    return unquote(request.path.lstrip("/")) if address.service == "s3" else ""
