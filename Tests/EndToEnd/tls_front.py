"""A proxy that speaks TLS in front of an application that does not; it changes nothing of what passes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def tls_front(certificate: Path, key: Path, listener: socket.socket, behind: int) -> Iterator[None]:
    """Hands what comes to a listening socket on to a port of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65_536):
                target.sendall(part)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve(raw: socket.socket) -> None:
        with (
            suppress(OSError),
            context.wrap_socket(raw, server_side=True) as client,
            socket.create_connection(("127.0.0.1", behind)) as server,
        ):
            back = threading.Thread(target=pass_on, args=(server, client), daemon=True)
            back.start()
            pass_on(client, server)
            back.join()

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def listening() -> tuple[socket.socket, int]:
    """A socket that listens on a port of its own, and the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    return listener, int(listener.getsockname()[1])
