"""Just enough of a web server for small applications: routes, cookies, event streams and WebSockets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from .sockets import Socket, handshake

LARGEST_BODY_BYTES = 65_536
"""Longer bodies are refused: nothing here takes more than a form."""


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    method: str
    target: str
    headers: dict[str, str]
    """By lower-case name; of a header that is sent twice, the values joined by a comma."""
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """The address without its query."""
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters in the address."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies; of two of one name the first, as most frameworks do."""
        pairs = (pair.strip().partition("=") for pair in self.header("cookie").split(";"))
        found: dict[str, str] = {}
        for name, _, value in pairs:
            if name:
                found.setdefault(name, value)
        return found

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form, if that is what the body is."""
        if self.media_type != "application/x-www-form-urlencoded":
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def json(self) -> dict[str, Any]:
        """The object in a JSON body, if that is what the body is said to be."""
        return self.any_json if self.media_type == "application/json" else {}

    @cached_property
    def any_json(self) -> dict[str, Any]:
        """The object in the body, whatever the body is said to be."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def media_type(self) -> str:
        """The type of the body, without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str:
        """The token in `Authorization`, or nothing."""
        scheme, _, token = self.header("authorization").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @property
    def origin(self) -> str:
        """The origin that this request was sent to."""
        return f"http://{self.header('host')}"

    def header(self, name: str) -> str:
        """A header's value, empty when there is none."""
        return self.headers.get(name.lower(), "")


@dataclass
class Response:
    """What is answered: a body, a stream of pieces, or what is done at a WebSocket."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    stream: Iterator[bytes] | None = None
    socket: Callable[[Socket], None] | None = None

    def with_header(self, name: str, value: str) -> Response:
        """The same answer with one more header."""
        self.headers.append((name, value))
        return self

    def without_header(self, name: str) -> Response:
        """The same answer without a header."""
        self.headers = [header for header in self.headers if header[0].lower() != name.lower()]
        return self

    def with_cookies(self, *cookies: str) -> Response:
        """The same answer, which sets or deletes cookies as well."""
        self.headers += [("Set-Cookie", cookie) for cookie in cookies]
        return self


@dataclass(frozen=True)
class Cookie:
    """A cookie's name and attributes, of which its deletion must repeat every one."""

    name: str
    path: str = "/"
    domain: str = ""
    secure: bool = True
    http_only: bool = True
    same_site: str = "Lax"
    max_age_seconds: int | None = None

    def set(self, value: str) -> str:
        """The value of the `Set-Cookie` that sets it."""
        lifetime = "" if self.max_age_seconds is None else f"; Max-Age={self.max_age_seconds}"
        return f"{self.name}={value}{lifetime}{self._attributes()}"

    def delete(self) -> str:
        """The value of the `Set-Cookie` that deletes it."""
        return f"{self.name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT{self._attributes()}"

    def _attributes(self) -> str:
        parts = [f"Path={self.path}"]
        parts += [f"Domain={self.domain}"] if self.domain else []
        parts += ["Secure"] if self.secure else []
        parts += ["HttpOnly"] if self.http_only else []
        parts += [f"SameSite={self.same_site}"] if self.same_site else []
        return "".join(f"; {part}" for part in parts)


def html(title: str, body: str, status: int = 200) -> Response:
    """A page."""
    text = f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{body}</html>\n"
    return Response(status, text.encode(), [("Content-Type", "text/html; charset=utf-8")])


def js(script: str) -> Response:
    """A script."""
    return Response(200, script.encode(), [("Content-Type", "text/javascript; charset=utf-8")])


def as_json(value: object, status: int = 200) -> Response:
    """A JSON answer that nobody keeps."""
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Response(status, json.dumps(value).encode(), headers)


def redirect(location: str, status: int = 303) -> Response:
    """An answer that sends the browser elsewhere."""
    return Response(status, b"", [("Location", location), ("Cache-Control", "no-store")])


Handler = TypeVar("Handler", bound=Callable[..., Response])


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Marks a method of an application as what answers at a path; `{name}` in it matches one part.

    An override of that method keeps its routes.
    """

    def mark(handler: Handler) -> Handler:
        routes: list[tuple[str, str]] = getattr(handler, "routes", [])
        handler.routes = [*routes, (method, path)]  # type: ignore[attr-defined]
        return handler

    return mark


class App:
    """An application: its methods that are marked by `route` answer."""

    def __init__(self) -> None:
        self._table = [
            (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), name)
            for name in dir(type(self))
            for method, path in self._routes(name)
        ]

    @classmethod
    def _routes(cls, name: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for kind in cls.__mro__:
            found += getattr(kind.__dict__.get(name), "routes", [])
        return list(dict.fromkeys(found))

    def answer(self, request: Request) -> Response:
        """The answer to a request, with the headers that all answers have."""
        try:
            response = self.dispatch(request)
        except Exception as error:
            response = self.broken(error)
        if request.method == "HEAD":
            response.body = b""
        return response

    def dispatch(self, request: Request) -> Response:
        """The answer of the route that matches; a `HEAD` is a `GET` unless it has a route of its own."""
        allowed = []
        for wanted in [request.method, "GET"] if request.method == "HEAD" else [request.method]:
            for method, pattern, name in self._table:
                match = pattern.fullmatch(request.path)
                if match and method == wanted:
                    response: Response = getattr(self, name)(request, **match.groupdict())
                    return response
                if match:
                    allowed.append(method)
        if allowed:
            return html("Method not allowed", "", 405).with_header("Allow", ", ".join(dict.fromkeys(allowed)))
        return html("Not found", "", 404)

    def broken(self, error: Exception) -> Response:
        """The answer when a route failed, which does not tell why."""
        return html("Something went wrong", "<p>We are sorry.</p>", 500)


class Running:
    """An application behind a port of this machine."""

    def __init__(self, app: App) -> None:
        self.app = app

        class Connection(_Connection):
            pass

        Connection.app = app
        self._server = _Server(("127.0.0.1", 0), Connection)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Closes the port."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of clients that hang up."""


class _Connection(BaseHTTPRequestHandler):
    app: App
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60

    def version_string(self) -> str:
        return "zoo"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self) -> None:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = LARGEST_BODY_BYTES + 1
        if not 0 <= length <= LARGEST_BODY_BYTES or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            return self._send(html("Too long", "", 413))
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            joint = "; " if name.lower() == "cookie" else ", "
            headers[name.lower()] = f"{headers[name.lower()]}{joint}{value}" if name.lower() in headers else value
        return self._send(self.app.answer(Request(self.command, self.path, headers, self.rfile.read(length))))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def _send(self, response: Response) -> None:
        try:
            if response.socket is not None:
                self._serve_socket(response)
            elif response.stream is not None and self.command != "HEAD":
                self._serve_stream(response)
            else:
                self._head(response)
                if response.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
                    self.send_header("Content-Length", str(len(response.body)))
                self.end_headers()
                self.wfile.write(response.body)
        except OSError:
            self.close_connection = True

    def _head(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)

    def _serve_stream(self, response: Response) -> None:
        self._head(response)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for piece in response.stream or ():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _serve_socket(self, response: Response) -> None:
        self.close_connection = True
        self._head(response)
        for name, value in handshake(self.headers.get("Sec-WebSocket-Key", "")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        if response.socket is not None:
            socket = Socket(self)
            response.socket(socket)
            socket.close()
