"""A server on this machine that keeps whatever is posted to it."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from exeunt import PATIENCE


@dataclass(frozen=True)
class Caught:
    """One request."""

    headers: dict[str, str]
    body: str


class Catcher:
    """Answers each `POST` with a status, when it is let."""

    def __init__(self, status: int = 200) -> None:
        self.caught: queue.Queue[Caught] = queue.Queue()
        self.status = status
        self.answers = threading.Event()
        self.answers.set()
        catcher = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                catcher.caught.put(Caught({name.lower(): value for name, value in self.headers.items()}, body))
                catcher.answers.wait(PATIENCE)
                self.send_response(catcher.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        """Listens from now on."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of whoever waits, and stops."""
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()

    def next(self) -> Caught:
        """The next request, once it has come."""
        return self.caught.get(timeout=PATIENCE)
