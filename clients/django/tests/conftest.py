"""One authority and one database for all tests; others where a test breaks them."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test.utils import override_settings, setup_test_environment

from .support import BINARY, Authority, Program, server_environment

_FOLDER = tempfile.TemporaryDirectory(prefix="exeunt-django-")
_AUTHORITY = Authority(Path(_FOLDER.name) / "authority")
_NUMBERS = itertools.count(1)


def pytest_configure() -> None:
    """Starts the authority, because Django's settings name it, and makes the database."""
    assert BINARY.exists(), f"{BINARY} is missing: build it, or set EXEUNT_BIN"
    _AUTHORITY.start()
    os.environ |= {
        "SITE_EXEUNT": json.dumps(_AUTHORITY.exeunt),
        "SITE_DATABASE": str(Path(_FOLDER.name) / "site.sqlite3"),
        "DJANGO_SETTINGS_MODULE": "tests.site.settings",
    }
    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)


def pytest_unconfigure() -> None:
    """Stops the authority."""
    from exeunt_django.process import stop

    stop()
    _AUTHORITY.stop()
    _FOLDER.cleanup()


@pytest.fixture
def authority() -> Authority:
    """The authority that all tests share."""
    return _AUTHORITY


@pytest.fixture
def start_authority(tmp_path: Path) -> Iterator[Callable[..., Authority]]:
    """Starts authorities for this test alone."""
    started: list[Authority] = []

    def start(**settings: str) -> Authority:
        names = {f"EXEUNT_{name.upper()}": value for name, value in settings.items()}
        started.append(Authority(tmp_path / f"authority-{len(started)}", names).start())
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def use() -> Iterator[Callable[..., None]]:
    """Lets the application use another authority, or other settings of Exeunt, until the test ends."""
    applied: list[Any] = []

    def apply(authority: Authority = _AUTHORITY, **changes: Any) -> None:
        applied.append(override_settings(EXEUNT=authority.exeunt | changes))
        applied[-1].enable()

    yield apply
    for change in reversed(applied):
        change.disable()


@pytest.fixture
def new_user() -> Callable[..., Any]:
    """Makes users, each with a name of their own."""
    from django.contrib.auth import get_user_model

    def make(password: str = "right", **fields: Any) -> Any:
        name = f"user{next(_NUMBERS)}"
        return get_user_model().objects.create_user(name, f"{name}@example.com", password, **fields)

    return make


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts servers of the test site; those that still run at the end are killed."""
    started: list[Program] = []

    def start(command: list[str], lease_milliseconds: int | None = None) -> Program:
        database = Path(django_settings.DATABASES["default"]["NAME"])
        environment = server_environment(_AUTHORITY, database, LEASE_MILLISECONDS=lease_milliseconds)
        started.append(Program(command, environment, tmp_path / f"server-{len(started)}.log"))
        return started[-1]

    yield start
    for server in started:
        server.kill()
