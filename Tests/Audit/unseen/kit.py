"""What the small applications here share: their users, their pages, and a registry."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import WSGIRequestHandler, make_server

from ..case import Case
from ..zoo.accounts import ADA, BOB, same

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Tour = dict[str, Any]
"""What of the target file depends on the application."""

COOKIE: dict[str, Any] = {"secure": True, "httponly": True, "samesite": "Lax", "path": "/"}

PAGES = ["/account", "/orders", "/export.csv"]

CASES: list[Case] = []
"""All that are here, in the order in which they were written."""


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def serving(application: WSGIApplication) -> Iterator[str]:
    """The address of an application that is served for a while."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def target(url: str, tour: Tour) -> dict[str, Any]:
    """The target file of an application at an address."""
    return {"base": url, "rate": 1000, "user": {"name": ADA.name, "password": "${AUDIT_PASSWORD}"}} | tour


@dataclass(frozen=True)
class Truth:
    """What an auditor should say of an application."""

    fails: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()

    def __call__(self, make: Callable[[], tuple[WSGIApplication, Tour]]) -> Callable[[], Any]:
        """Keeps an application, which is made by a function, with this truth about it."""

        @contextmanager
        def run() -> Iterator[dict[str, Any]]:
            application, tour = make()
            with serving(application) as url:
                yield target(url, tour)

        keep(make.__name__, make.__doc__ or "", self, run)
        return make


def keep(name: str, says: str, truth: Truth, run: Callable[[], Any]) -> None:
    """Keeps an application."""
    fails, warns = frozenset(truth.fails), frozenset(truth.warns)
    CASES.append(Case(name, "unseen", says.partition("\n")[0], fails, warns, (), run))


def broken(*fails: str, warns: tuple[str, ...] = ()) -> Truth:
    """The truth about an application that has a fault."""
    return Truth(fails, warns)


right = Truth()


def new_id() -> str:
    """A session's id or a token that nobody guesses."""
    return secrets.token_urlsafe(32)


def known() -> str | None:
    """Whose name and password are in the request, as a form or as JSON."""
    given = request.get_json(silent=True) or request.form
    for account in (ADA, BOB):
        if same(str(given.get("username", "")), account.name) and same(
            str(given.get("password", "")), account.password
        ):
            return account.name
    return None


def foreign() -> bool:
    """Whether a request does not say that it comes from a page of this site."""
    return request.headers.get("Origin") != request.host_url.rstrip("/")


def flask(name: str) -> Flask:
    """An application of which nothing is kept by browsers."""
    app = Flask(name)
    app.logger.disabled = True

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def sign_in_page(hidden: str = "", more: str = "") -> str:
    """A page with the form for signing in."""
    return (
        "<!doctype html><title>Sign in</title><h1>Welcome back</h1>"
        f'<form method="post" action="/login">{hidden}<input name="username"><input name="password" type="password">'
        f"{more}<button>Sign in</button></form>"
    )


def button(action: str, label: str, hidden: str = "") -> str:
    """A form that is one button."""
    return f'<form method="post" action="{action}">{hidden}<button>{label}</button></form>'


def members_only(app: Flask, who: Callable[[], str | None], forms: Callable[[], str]) -> None:
    """The pages of those who are signed in; others are sent to the sign-in."""

    def page(text: str) -> ResponseReturnValue:
        name = who()
        return redirect("/login") if name is None else f"<!doctype html><p>Hello {name}.</p>{text}{forms()}"

    for path, text in zip(
        PAGES, ("<h1>Account</h1>", "<h1>Orders</h1><p>Two kettles</p>", "id,sum\n1,12"), strict=True
    ):
        app.add_url_rule(path, path, lambda text=text: page(text))


def by_forms(**more: Any) -> Tour:
    """Signing in and out by the forms of these pages."""
    credentials = {"username": "{{user}}", "password": "{{password}}"}
    return {
        "sign-in": [{"form": "/login", "fill": credentials}],
        "sign-out": [{"form": "/account", "action": "/logout"}],
        "protected": PAGES,
    } | more
