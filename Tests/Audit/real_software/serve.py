"""Serves a WSGI application on a port of this machine, and prints which."""

from __future__ import annotations

import socket
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

USER = "ada"
PASSWORD = "correct horse 1815"


def free_port() -> int:
    """A port that nobody listens on; for servers that do not say which they were given."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Connection(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def serve(application: Any) -> None:
    """Serves until the process is stopped."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Connection)
    print(server.server_port, flush=True)
    server.serve_forever()
