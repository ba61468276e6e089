"""Serves a Flask application on a port of this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from ..case import Case
from ..zoo.accounts import ADA
from ..zoo.specimen import RATE_PER_SECOND

logging.getLogger("werkzeug").setLevel(logging.ERROR)

Tour = dict[str, Any]


class _Connection(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The URL of an application that runs meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Connection)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def case(
    name: str,
    make: Callable[[], Flask],
    tour: Tour,
    says: str,
    fails: tuple[str, ...],
    warns: tuple[str, ...] = (),
) -> Case:
    """What an auditor is shown, and what it should say."""

    @contextmanager
    def run() -> Iterator[dict[str, Any]]:
        with serving(make()) as url:
            user = {"name": ADA.name, "password": "${AUDIT_PASSWORD}"}
            yield {"base": url, "rate": RATE_PER_SECOND, "user": user} | tour

    return Case(name, "held out", says, frozenset(fails), frozenset(warns), (), run)
