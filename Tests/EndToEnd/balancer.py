"""A load balancer that knows no stickiness: each new connection goes to the next server that takes it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

CONNECT_SECONDS = 5.0
HEALTH_SECONDS = 0.1


class Balancer:
    """One address in front of several, each of them a port of this machine."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.out: set[int] = set()
        """The ports that get no new connections, as those of a server whose health check fails."""
        self._next = 0
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def look_after(self, is_healthy: Callable[[int], bool]) -> None:
        """From now on asks all the time which ports are healthy, until it is closed."""

        def look() -> None:
            while not self._closed.wait(HEALTH_SECONDS):
                for port in self.ports:
                    (self.out.discard if is_healthy(port) else self.out.add)(port)

        threading.Thread(target=look, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            ports = self._turn()
            threading.Thread(target=_join, args=(near, ports), daemon=True).start()

    def _turn(self) -> list[int]:
        """Whom to try for the next connection, one after the other."""
        ports = list(self.ports)
        first, self._next = self._next, self._next + 1
        turned = [ports[(first + step) % len(ports)] for step in range(len(ports))]
        return [port for port in turned if port not in self.out]


def _join(near: socket.socket, ports: list[int]) -> None:
    for port in ports:
        with contextlib.suppress(OSError):
            far = socket.create_connection(("127.0.0.1", port), CONNECT_SECONDS)
            far.settimeout(None)
            back = threading.Thread(target=_carry, args=(far, near), daemon=True)
            back.start()
            _carry(near, far)
            back.join()
            far.close()
            break
    near.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Carries all that comes, and then the end of it, so that a side that has said all can still be answered."""
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
