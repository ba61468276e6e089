#!/usr/bin/env python3
"""Serves the application: `serve.py` in one process with uvicorn, `serve.py --workers 3` in several with gunicorn."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def prepare() -> None:
    """Lets Python find the application and the client, which an application of your own has installed."""
    sys.path[:0] = [str(HERE), str(HERE.parents[1] / "clients/django")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notes.settings")


def main() -> None:
    """Makes the database and its users, and serves until it is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--workers", type=int, default=0, help="processes of gunicorn; uvicorn serves if there are none"
    )
    workers = parser.parse_args().workers
    prepare()
    with temporary_folder() as folder:
        os.environ.setdefault("NOTES_DATABASE", f"{folder}/notes.sqlite3")
        make_users()
        if workers:
            serve_with_gunicorn(workers)
        else:
            serve_with_uvicorn()


@contextmanager
def temporary_folder() -> Iterator[str]:
    """A folder that goes with the process that made it, and not with the first one that was forked from it."""
    folder, maker = tempfile.mkdtemp(), os.getpid()
    try:
        yield folder
    finally:
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)


def make_users() -> None:
    """Makes the users of `NOTES_PASSWORDS`, or two with passwords made up just now, if there are none."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    users = get_user_model().objects
    made_up = " ".join(f"{name}:{secrets.token_urlsafe(9)}" for name in ("ada", "grace"))
    pairs = [entry.partition(":") for entry in (os.environ.get("NOTES_PASSWORDS") or made_up).split()]
    for name, _, password in pairs:
        # Everybody may look into the admin, because it is an example.
        users.create_superuser(name, f"{name}@example.com", password)
    say("Sign in as " + ", or as ".join(f"{name} with {password}" for name, _, password in pairs))
    # Processes that are forked from here open the database by themselves.
    connections.close_all()


def say(line: str) -> None:
    """Says something on standard output at once."""
    print(line, flush=True)


def say_ready() -> None:
    """Says where it serves."""
    say(json.dumps({"event": "ready", "url": f"http://localhost:{port()}"}))


def port() -> int:
    """Where it listens."""
    return int(os.environ.get("NOTES_PORT") or 8101)


def serve_with_uvicorn() -> None:
    """One process with an event loop."""
    import uvicorn
    from exeunt_django.process import process

    class Server(uvicorn.Server):
        """Says when it serves, which it does once it has a lease."""

        async def startup(self, sockets: Any = None) -> None:
            """Called before the first request is taken."""
            while not process().verifier.has_lease and not self.should_exit:
                await asyncio.sleep(0.02)
            await super().startup(sockets)
            if not self.should_exit:
                say_ready()

    import asyncio

    # uvicorn sends itself the signal once more after it has shut down properly.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    Server(
        uvicorn.Config(
            "notes.asgi:application",
            port=port(),
            log_level="warning",
            access_log=False,
            # Open pages are cut off; they find out by themselves that there is nobody.
            timeout_graceful_shutdown=1,
        )
    ).run()


def serve_with_gunicorn(workers: int) -> None:
    """Several processes with some threads each."""
    from exeunt_django.process import process
    from gunicorn.app.base import BaseApplication

    live = multiprocessing.Value("i", 0)

    def follow(worker: Any) -> None:
        """Each process follows the authority by itself; the last one that has a lease says that all are ready."""
        process().follower.wait_for_first_lease()
        with live.get_lock():
            live.value += 1
            if live.value == workers:
                say_ready()

    class Application(BaseApplication):
        """gunicorn, told here what a file of settings would tell it."""

        def load_config(self) -> None:
            """What differs from the usual."""
            for name, value in {
                "bind": f"127.0.0.1:{port()}",
                "workers": workers,
                "threads": 4,
                "loglevel": "warning",
                "post_worker_init": follow,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """Called in each process."""
            from notes.wsgi import application

            return application

    Application().run()


if __name__ == "__main__":
    main()
