"""One view of a Django application under gunicorn; its first argument says what it does to know who asks.

`nothing`: nothing at all. `exeunt`: our middleware alone. `database`, `cached`: Django sessions and the user, with the
session in SQLite or in memory. `beside`: our middleware beside Django's sessions in the database, and its user.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "clients/django"))
ANSWER = {"subject": "somebody", "notes": ["one", "two", "three"]}
AUTHENTICATION = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
OURS = ["exeunt_django.middleware.ExeuntMiddleware"]
MIDDLEWARE = {
    "nothing": [],
    "exeunt": OURS,
    "database": AUTHENTICATION,
    "cached": AUTHENTICATION,
    "beside": AUTHENTICATION + OURS,
}
USERS = 50


def who_is_it(request: HttpRequest) -> bool:
    """Whether the request is somebody's."""
    if HOW == "nothing":
        return True
    return request.exeunt is not None if HOW == "exeunt" else request.user.is_authenticated


def view(request: HttpRequest) -> HttpResponse:
    """The view."""
    return JsonResponse(ANSWER) if who_is_it(request) else HttpResponse(status=401)


urlpatterns = [path("", view)]
HOW, FOLDER = (sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 2 else ("nothing", Path("."))


def configure() -> None:
    """The settings."""
    settings.configure(
        ROOT_URLCONF=__name__,
        SECRET_KEY="not one that opens anything",
        ALLOWED_HOSTS=["127.0.0.1"],
        # Of the usual middlewares the one that says how long an answer is, without which no connection stays open.
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", *MIDDLEWARE[HOW]],
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "exeunt_django",
        ],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "bench.sqlite3", "CONN_MAX_AGE": None}
        },
        SESSION_ENGINE=f"django.contrib.sessions.backends.{'cache' if HOW == 'cached' else 'db'}",
        USE_TZ=True,
        EXEUNT={
            "ISSUER": os.environ["ISSUER"],
            "CLIENT_ID": os.environ["CLIENT_ID"],
            "CLIENT_SECRET": os.environ["CLIENT_SECRET"],
            "SECURE_COOKIES": False,
        },
    )
    django.setup()


def sign_in(access_tokens: list[str]) -> None:
    """Writes a file with the cookies of signed-in users, one a line."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.cache import SessionStore as Cached
    from django.contrib.sessions.backends.db import SessionStore as Stored
    from exeunt_django.guard import MARK

    users = [get_user_model().objects.get_or_create(username=f"user-{number}")[0] for number in range(USERS)]
    lines = []
    for number, token in enumerate(access_tokens):
        user, payload = users[number % USERS], claims(token)
        session: Any = Cached() if HOW == "cached" else Stored()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[MARK] = payload["sid"]
        session.create()
        lines.append(f"access={token}; sessionid={session.session_key}")
    (FOLDER / f"cookies-{HOW}").write_text("\n".join(lines) + "\n")


def claims(token: str) -> dict[str, Any]:
    """What an access token says; nobody checks it here."""
    import base64

    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def main() -> None:
    """Makes the database, and serves."""
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from gunicorn.app.base import BaseApplication

    configure()
    call_command("migrate", verbosity=0)

    def ready(worker: Any) -> None:
        # Where sessions are kept in memory they are this process's.
        sign_in((FOLDER / "access").read_text().split())
        if "exeunt" in str(MIDDLEWARE[HOW]):
            from exeunt_django.process import process

            process().follower.wait_for_first_lease()
        port = worker.sockets[0].getsockname()[1]
        print(json.dumps({"event": "ready", "url": f"http://127.0.0.1:{port}", "pid": os.getpid()}), flush=True)

    class Application(BaseApplication):
        """gunicorn, told here what a file of settings would tell it."""

        def load_config(self) -> None:
            """One worker with a few threads, which keeps connections open."""
            for name, value in {
                "bind": "127.0.0.1:0",
                "threads": 4,
                "loglevel": "warning",
                "keepalive": 75,
                "post_worker_init": ready,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """The application."""
            return get_wsgi_application()

    Application().run()


if __name__ == "__main__":
    main()
