"""A proxy that takes `no-store` off the answers, so that Chromium keeps pages in history as freely as others do.

Firefox and Safari keep a `no-store` page in their back/forward cache; Chromium drops one when a cookie changes, which
a logout does. Behind this proxy Chromium restores the page too, and what protects it is the page itself.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from exeunt import PATIENCE

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class HistoryProxy:
    """Listens on a free port of its own; `upstream` may be named later than the port is needed."""

    def __init__(self) -> None:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy._pass_on(self)

            def do_POST(self) -> None:
                proxy._pass_on(self)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.upstream = ""
        self.withheld: set[str] = set()
        """Paths that are answered with 404 instead, for a control of what they do."""
        self.asked: list[tuple[str, str]] = []
        """The path and the cookies of each request, in the order in which they came."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Listens no more."""
        self._server.shutdown()
        self._server.server_close()

    def _pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append((handler.path, handler.headers.get("Cookie", "")))
        if handler.path in self.withheld:
            handler.send_error(404)
            return
        parts = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        connection.request(handler.command, handler.path, body, dict(handler.headers.items()))
        answer = connection.getresponse()
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP and (name.lower(), value.lower()) != ("cache-control", "no-store"):
                handler.send_header(name, value)
        handler.send_header("Connection", "close")
        handler.end_headers()
        with contextlib.closing(connection), contextlib.suppress(OSError):
            while piece := answer.read1(65536):
                handler.wfile.write(piece)
