"""An application that asks the authority about each token, and a gateway to the authority beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from exeunt import PATIENCE, Authority


@contextmanager
def resource(authority: Authority) -> Iterator[int]:
    """The port of an application with `/me` and `/orders` for whoever has a live access token."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Looks at the token, and then at the path."""
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if self.path not in ("/me", "/orders"):
                return self.pass_on()
            # What is no JSON Web Token at all is the authority's own business: a session's token would be active, too.
            found = authority.introspect(token) if token.count(".") == 2 else {"active": False}
            if not found["active"]:
                return self.answer(401, {"error": "invalid_token"})
            return self.answer(200, {"subject": found["sub"], "at": self.path})

        def pass_on(self) -> None:
            """What is not the application's is the authority's."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")
            }
            answer = requests.request(
                self.command,
                authority.url + self.path,
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=PATIENCE,
            )
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in ("date", "connection")}
            self.send(answer.status_code, kept, answer.content)

        do_POST = do_DELETE = do_HEAD = do_PUT = pass_on

        def answer(self, status: int, content: dict[str, Any]) -> None:
            """Sends JSON."""
            body = json.dumps(content).encode()
            headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
            self.send(status, headers | {"Content-Length": str(len(body))}, body)

        def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            """Sends an answer."""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
