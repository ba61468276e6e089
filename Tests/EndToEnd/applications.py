"""The example applications as programs: how each is started, and what it can take."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from server import BINARY, REPOSITORY

EXAMPLES = REPOSITORY / "examples"
DJANGO = Path(os.environ.get("DJANGO_PACKAGES", REPOSITORY / ".build/django-5.2"))
"""Where Django and the servers that run it are."""


@dataclass(frozen=True)
class Application:
    """An example, told by the same environment as the others what to do, and with the same pages as the others."""

    name: str
    command: list[str]
    sign_out_path: str = "/exeunt/logout"
    environment: dict[str, str] = field(default_factory=dict)
    at_once: int | None = None
    """Requests on one connection that it takes before it has answered the first; any number unless that is said."""
    workers: int = 0
    """Processes that answer in the name of the one that is started; none where that one answers itself."""

    def check(self) -> None:
        """Says what is missing, if something is."""
        assert shutil.which(self.command[0]), f"{self.command[0]} is missing: `make test` builds and installs all of it"


HUMMINGBIRD = Application(
    "hummingbird",
    [os.environ.get("NOTES_BIN", str(BINARY.with_name("NotesExample")))],
    sign_out_path="/sign-out",
)
EXPRESS = Application("express", ["node", str(EXAMPLES / "express/server.js")])
NEXTJS_SHAPED = Application("nextjs", ["node", str(REPOSITORY / "Tests/EndToEnd/nextjs_double.mjs")])
"""The handlers of the example in Next.js, on a server that stands in for Next."""
DJANGO_ASGI = Application(
    "django",
    [sys.executable, str(EXAMPLES / "django/serve.py")],
    environment={"PYTHONPATH": str(DJANGO)},
)


def django_workers(workers: int) -> Application:
    """Django under gunicorn with several processes, each of which follows the log by itself."""
    return Application(
        "django-workers",
        [sys.executable, str(EXAMPLES / "django/serve.py"), "--workers", str(workers)],
        environment={"PYTHONPATH": str(DJANGO)},
        # Its threads leave what came too early in a buffer that nobody looks into.
        at_once=1,
        workers=workers,
    )
