"""The admin path: `/_sandbox/…`, JSON in, JSON out.

GET knobs, rules, clock, calls (query: after, writes, service); POST knobs, fault, hook, clock,
perform, snapshot, restore, reset, clear-calls, clear-rules, remove-rule.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson

from sagewarden.sandbox.addressing import ADMIN_PREFIX
from sagewarden.sandbox.admin import Admin
from sagewarden.sandbox.protocols import plain
from sagewarden.sandbox.refusal import Refusal
from sagewarden.sandbox.rules import Fault, Hook, rule_from, rule_to_json
from sagewarden.sandbox.wire import Answer, Request

JSON = (("Content-Type", "application/json"),)
Act = Callable[[dict[str, Any]], Any]


class AdminPath:
    """Answers requests to the admin path."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin
        self._gets: dict[str, Act] = {
            "knobs": lambda _: admin.knobs.to_json(),
            "rules": self._rules,
            "clock": self._clock,
            "calls": self._calls,
        }
        self._posts: dict[str, Act] = {
            "knobs": self._set_knobs,
            "fault": lambda body: {"id": admin.add_fault(rule_from(Fault, body))},
            "hook": lambda body: {"id": admin.add_hook(rule_from(Hook, body))},
            "clock": self._set_clock,
            "perform": self._perform,
            "snapshot": lambda body: admin.snapshot(**body),
            "restore": lambda body: admin.restore(**body),
            "reset": lambda body: admin.reset(**body),
            "clear-calls": lambda _: admin.clear_calls(),
            "clear-rules": lambda _: admin.clear_rules(),
            "remove-rule": lambda body: admin.remove_rule(body["id"]),
        }

    def answer(self, request: Request) -> Answer:
        """Do what an admin request asks; what it got wrong is told with HTTP 400."""
        name = request.path.removeprefix(ADMIN_PREFIX)
        act = (self._gets if request.method == "GET" else self._posts).get(name)
        if act is None:
            return Answer(404, orjson.dumps({"error": f"no {request.method} {name}"}), JSON)
        try:
            asked = orjson.loads(request.body) if request.body else dict(parse_qsl(request.query))
            result = act(asked)
        except Refusal as refusal:
            told = {"error": refusal.message, "code": refusal.code}
            return Answer(400, orjson.dumps(told), JSON)
        except (KeyError, TypeError, ValueError) as error:
            told = {"error": f"{type(error).__name__}: {error}"}
            return Answer(400, orjson.dumps(told), JSON)
        return Answer(200, orjson.dumps({} if result is None else result), JSON)

    def _set_knobs(self, body: dict[str, Any]) -> Any:
        self._admin.set_knobs(**body)
        return self._admin.knobs.to_json()

    def _rules(self, _: dict[str, Any]) -> Any:
        faults, hooks = self._admin.faults, self._admin.hooks
        return {
            "faults": {str(number): rule_to_json(rule) for number, rule in faults.items()},
            "hooks": {str(number): rule_to_json(rule) for number, rule in hooks.items()},
        }

    def _clock(self, _: dict[str, Any]) -> Any:
        return {"now": self._admin.now()}

    def _set_clock(self, body: dict[str, Any]) -> Any:
        if "offset" in body:
            self._admin.set_offset(body["offset"])
        if "advance" in body:
            self._admin.advance(body["advance"])
        if "frozen" in body:
            self._stand(frozen=body["frozen"], at=body.get("at"))
        return {"now": self._admin.now()}

    def _stand(self, *, frozen: bool, at: float | None) -> None:
        if frozen:
            self._admin.freeze(at)
        else:
            self._admin.unfreeze()

    def _calls(self, asked: dict[str, Any]) -> Any:
        found = self._admin.calls(
            after=int(asked.get("after", 0)),
            writes=asked.get("writes") in {"1", "true", True},
            service=asked.get("service", ""),
        )
        return {"calls": [call.to_json() for call in found]}

    def _perform(self, body: dict[str, Any]) -> Any:
        return plain(self._admin.perform(**body))
