"""HTTP by hand, for requests that no polite library would send."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from exeunt import PATIENCE


@dataclass(frozen=True)
class RawAnswer:
    """What came back: nothing at all when the server just closed the connection."""

    status: int | None
    headers: str
    body: str

    @property
    def refused(self) -> bool:
        """A clear refusal: a 4xx, or a connection that was closed on it."""
        return self.status is None or 400 <= self.status < 500


def send(url: str, request: bytes) -> RawAnswer:
    """Sends these bytes and reads until the server has answered or closed."""
    parts = urlsplit(url)
    received = b""
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=PATIENCE) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(request)
        with contextlib.suppress(ConnectionError):
            while not _complete(received) and (piece := connection.recv(65536)):
                received += piece
    if not received.startswith(b"HTTP/1."):
        return RawAnswer(None, "", received.decode("latin-1"))
    head, _, body = received.partition(b"\r\n\r\n")
    return RawAnswer(int(head.split(b" ", 2)[1]), head.decode("latin-1"), body.decode("utf-8", "replace"))


def read_until(mark: bytes, connection: socket.socket) -> bytes:
    """What comes on a connection, until this mark has come."""
    received = b""
    while mark not in received:
        piece = connection.recv(65536)
        assert piece, f"closed after {received!r}"
        received += piece
    return received


def _complete(received: bytes) -> bool:
    """Whether a whole answer is there, by its Content-Length; without one, only the end of the stream tells."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return len(body) >= int(value)
    return head.split(b" ", 2)[1] in (b"204", b"304")


def request(
    method: str,
    path: str | bytes,
    headers: list[tuple[str, str | bytes]] | None = None,
    body: bytes = b"",
    *,
    host: str = "127.0.0.1",
    close: bool = True,
) -> bytes:
    """A request as bytes: headers in this order, repeated as often as given, with nothing checked."""
    target = path if isinstance(path, bytes) else path.encode()
    lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: " + host.encode()]
    for name, value in headers or []:
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    if body and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers or []):
        lines.append(b"Content-Length: " + str(len(body)).encode())
    if close:
        lines.append(b"Connection: close")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
