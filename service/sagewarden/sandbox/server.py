"""A sandbox with a socket: in a thread of this process, or in the foreground."""

import asyncio
import ipaddress
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sagewarden.sandbox.admin import Admin
from sagewarden.sandbox.admin_http import AdminPath
from sagewarden.sandbox.connection import Connection
from sagewarden.sandbox.engine import Engine
from sagewarden.sandbox.front import Front
from sagewarden.sandbox.knobs import DEFAULT_ACCOUNT, Knobs
from sagewarden.sandbox.moto_bridge import MotoBridge
from sagewarden.sandbox.state import AccountState

REGION = "us-east-1"
START_SECONDS = 30.0
T = TypeVar("T")
_running: list["Sandbox"] = []
"""Those of this process: the first to start empties moto, which they share."""


class Sandbox:
    """SageMaker Experiments, S3, STS, Organizations and SNS on one loopback port."""

    def __init__(
        self,
        *,
        knobs: Knobs | None = None,
        account: str = DEFAULT_ACCOUNT,
        region: str = REGION,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        _refuse_outside(host)
        self.host = "127.0.0.1" if host == "localhost" else host
        self.port = port
        self.account = account
        self.region = region
        self._engine = Engine(knobs or Knobs())
        self._bridge = MotoBridge(self._engine.credentials)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread: int | None = None
        self._moto = ThreadPoolExecutor(1, "sandbox-moto")
        self._behind = ThreadPoolExecutor(1, "sandbox-admin")
        self._alive: set[Connection] = set()
        self._date = (0, "")
        self._serial = 0
        self.admin = Admin(self._engine, self._on_loop, self._on_moto, self._bridge)
        path = AdminPath(self.admin)
        self._front = Front(self._engine, self._bridge, (self._moto, self._behind), path.answer)

    @property
    def url(self) -> str:
        """Where every service answers."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def knobs(self) -> Knobs:
        """The settings; changed in place they hold from the next call on."""
        return self._engine.knobs

    @property
    def state(self) -> AccountState:
        """The state of the sandbox's own account and region."""
        return self.state_of(self.account)

    def state_of(self, account: str) -> AccountState:
        """Return the state of any account in the sandbox's own region; it serves all of them."""
        return self._engine.world.account(account, self.region)

    def seed(self, *, components: int, seed: int = 0) -> None:
        """Fill the sandbox's own account so that it looks like a real one."""
        from sagewarden.sandbox.seed import seed_account  # noqa: PLC0415 - only who seeds needs it

        now = datetime.fromtimestamp(self._engine.clock.now(), UTC)
        seed_account(self.state, components=components, seed=seed, now=now)

    def client_config(self, account: str | None = None) -> dict[str, Any]:
        """Return what a boto3 client takes to speak to this sandbox, as an account."""
        return {
            "endpoint_url": self.url,
            "region_name": self.region,
            "aws_access_key_id": account or self.account,
            "aws_secret_access_key": "sandbox",
        }

    def environment(self, account: str | None = None) -> dict[str, str]:
        """Return the environment that turns any AWS client of a process to this sandbox."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": account or self.account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @contextmanager
    def running(self) -> Iterator["Sandbox"]:
        """Serve from a background thread while the block lasts; once for each sandbox."""
        started, stop = threading.Event(), asyncio.Event()
        failures: list[BaseException] = []
        thread = threading.Thread(
            target=self._run_thread, args=(started, stop, failures), name="sandbox", daemon=True
        )
        thread.start()
        started.wait(START_SECONDS)
        if failures:
            thread.join()
            raise failures[0]
        try:
            yield self
        finally:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(stop.set)
            thread.join()

    def serve_forever(self, ready: Callable[["Sandbox"], None]) -> None:
        """Serve in this thread until interrupted; `ready` is called once the port is open."""
        asyncio.run(self._serve(lambda: ready(self), asyncio.Event()))

    def _run_thread(
        self, started: threading.Event, stop: asyncio.Event, failures: list[BaseException]
    ) -> None:
        try:
            asyncio.run(self._serve(started.set, stop))
        except BaseException as failure:  # noqa: BLE001 - raised again in the starting thread
            failures.append(failure)
        finally:
            started.set()

    async def _serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        self._loop, self._loop_thread = loop, threading.get_ident()
        if not _running:
            self._bridge.reset()
        _running.append(self)
        server = await loop.create_server(self._connection, self.host, self.port, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        try:
            await stop.wait()
        finally:
            server.close()
            await self._hang_up()
            self._loop = None
            _running.remove(self)
            self._moto.shutdown()
            self._behind.shutdown()

    async def _hang_up(self) -> None:
        tasks = [task for each in list(self._alive) if (task := each.close()) is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # aborted transports close on the loop's next turn

    def _connection(self) -> Connection:
        return Connection(self._front.serve, self._stamp, self._alive)

    def _stamp(self) -> tuple[str, str]:
        second = int(self._engine.clock.now())
        if second != self._date[0]:
            self._date = (second, self._engine.clock.http_date())
        self._serial += 1
        return self._date[1], f"00000000-0000-4000-8000-{self._serial:012x}"

    def _on_loop(self, act: Callable[[], T]) -> T:
        """Run something on the server's thread, between two requests."""
        loop = self._loop
        if loop is None or threading.get_ident() == self._loop_thread:
            return act()

        async def acted() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acted(), loop).result()

    def _on_moto(self, act: Callable[[], T]) -> T:
        """Run something on moto's thread."""
        return self._moto.submit(act).result()


def _refuse_outside(host: str) -> None:
    """Refuse every address that other machines can reach: the sandbox believes any caller."""
    try:
        inside = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        msg = f"the sandbox binds loopback addresses only, not {host}"
        raise ValueError(msg)
