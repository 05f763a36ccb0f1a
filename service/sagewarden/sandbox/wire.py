"""Requests and answers as they pass between the connection and the services."""

from dataclasses import dataclass, field
from http import HTTPStatus

STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}


@dataclass(slots=True)
class Request:
    """One HTTP request. Header names are in lower case; `target` is path and query as they came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    spelled: list[tuple[str, str]] = field(default_factory=list)
    """The headers as they were written: names of S3 metadata keep their case."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return self.target.partition("?")[2]


@dataclass(slots=True)
class Answer:
    """One HTTP answer, or none: a dropped connection. `delay` is in seconds of machine time."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    dropped: bool = False
    has_body: bool = True
    """False for answers to HEAD: their Content-Length is not that of the body sent."""

    def encode(self, date: str, request_id: str, *, keep_alive: bool) -> bytes:
        """Write the answer as it goes over the wire."""
        lines = [STATUS_LINES.get(self.status) or f"HTTP/1.1 {self.status} -\r\n".encode()]
        head = f"x-amzn-RequestId: {request_id}\r\nDate: {date}\r\n"
        for name, value in self.headers:
            head += f"{name}: {value}\r\n"
        if self.has_body:
            head += f"Content-Length: {len(self.body)}\r\n"
        if not keep_alive:
            head += "Connection: close\r\n"
        lines.append(f"{head}\r\n".encode("utf-8", "surrogateescape"))
        if self.has_body:
            lines.append(self.body)
        return b"".join(lines)


DROPPED = Answer(status=0, body=b"", dropped=True)
