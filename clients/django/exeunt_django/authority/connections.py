"""Connections to the authority that are kept for the next question."""

from __future__ import annotations

import http.client
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

from .. import limits
from .errors import AuthorityError, Trouble


@dataclass(frozen=True)
class Answer:
    """What the authority answered, read as a whole."""

    status: int
    retry_after_seconds: int
    body: bytes


class Connections:
    """Connections to one address, each used for one question at a time.

    They go to that address alone: no proxy of the environment is asked and no redirect followed, because either would
    take the client's secret elsewhere.
    """

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self._host, self._port, self._is_secure = url.hostname or "", url.port, url.scheme == "https"
        self._prefix = url.path.rstrip("/")
        self._tls = ssl.create_default_context() if self._is_secure else None
        self._lock = threading.Lock()
        self._idle: deque[http.client.HTTPConnection] = deque()
        self._busy: set[http.client.HTTPConnection] = set()
        self._is_closed = False

    def ask(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | None = None,
        *,
        patience: float = limits.QUESTION_SECONDS,
        at_most: int = limits.ANSWER_BYTES,
    ) -> Answer:
        """The answer to a question, read to its end within `patience` seconds. Raises `AuthorityError`."""
        give_up = time.monotonic() + patience
        connection = self._take()
        try:
            answer = self._exchange(connection, method, self._prefix + target, headers, body, give_up, at_most)
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = str(error) or type(error).__name__
            raise AuthorityError(
                Trouble.UNREACHABLE,
                f"No answer from the authority at {self._host}: {why}. Is it running, and does EXEUNT['ENDPOINT'] (or "
                "EXEUNT['ISSUER']) lead to it?",
            ) from error
        finally:
            self._give_back(connection)
        return answer

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | None,
        give_up: float,
        at_most: int,
    ) -> Answer:
        if connection.sock is None:
            connection.timeout = min(limits.CONNECT_SECONDS, _left(give_up))
            connection.connect()
        carrier: socket.socket = connection.sock
        is_whole = False
        try:
            carrier.settimeout(_left(give_up))
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            parts: list[bytes] = []
            size = 0
            while True:
                carrier.settimeout(_left(give_up))
                part = response.read1(1 << 18)
                if not part:
                    break
                parts.append(part)
                size += len(part)
                if size > at_most:
                    raise ValueError(f"the answer has more than {at_most} bytes")
            if response.length:
                raise ValueError("the answer was cut off")
            # So that the connection can be used again.
            response.close()
            is_whole = True
            return Answer(response.status, _retry_after(response.getheader("Retry-After")), b"".join(parts))
        finally:
            if not is_whole:
                connection.close()

    def abort(self) -> None:
        """Gives up all questions that are under way, and answers no more."""
        with self._lock:
            self._is_closed = True
            busy, idle = list(self._busy), list(self._idle)
            self._idle.clear()
        for connection in busy:
            carrier = connection.sock
            if carrier is not None:
                try:
                    # To close it alone would not wake up who reads from it.
                    carrier.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        for connection in idle:
            connection.close()

    def _take(self) -> http.client.HTTPConnection:
        """A connection that nobody uses, and that the other side has not closed."""
        while True:
            with self._lock:
                if self._is_closed:
                    raise AuthorityError(Trouble.UNREACHABLE, "This process is about to end.")
                connection = self._idle.pop() if self._idle else self._new()
                self._busy.add(connection)
            if connection.sock is None or not _has_something_to_say(connection.sock):
                return connection
            connection.close()
            with self._lock:
                self._busy.discard(connection)

    def _new(self) -> http.client.HTTPConnection:
        if self._tls is not None:
            return http.client.HTTPSConnection(self._host, self._port, context=self._tls)
        return http.client.HTTPConnection(self._host, self._port)

    def _give_back(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._busy.discard(connection)
            is_kept = connection.sock is not None and not self._is_closed and len(self._idle) < limits.IDLE_CONNECTIONS
            if is_kept:
                self._idle.append(connection)
        if not is_kept:
            connection.close()


def _left(give_up: float) -> float:
    left = give_up - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left


def _has_something_to_say(carrier: socket.socket) -> bool:
    """Whether an idle connection can be read from: nobody has asked anything, so that is its end."""
    with selectors.DefaultSelector() as selector:
        selector.register(carrier, selectors.EVENT_READ)
        return bool(selector.select(0))


def _retry_after(header: str | None) -> int:
    seconds = int(header) if header is not None and header.isascii() and header.isdigit() else 1
    return min(max(1, seconds), limits.LONGEST_RETRY_AFTER_SECONDS)
