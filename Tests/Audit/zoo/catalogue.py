"""All applications of the zoo."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..case import Case
from . import faults
from .correct import CORRECT
from .specimen import Specimen
from .web import Running


def specimens() -> list[type[Specimen]]:
    """The correct applications, and then those with a fault."""
    found: list[type[Specimen]] = list(CORRECT)
    for module in pkgutil.iter_modules(faults.__path__):
        name = f"{faults.__name__}.{module.name}"
        members = vars(importlib.import_module(name)).values()
        found += [kind for kind in members if isinstance(kind, type) and kind.__module__ == name]
    return found


def case_of(kind: type[Specimen]) -> Case:
    """What an auditor is shown, and what it should say."""

    @contextmanager
    def run() -> Iterator[dict[str, Any]]:
        app = kind()
        running = Running(app)
        try:
            yield app.target(running.url)
        finally:
            running.stop()

    return Case(
        name=kind.__name__,
        group=kind.__module__.rpartition(".")[2],
        says=(kind.__doc__ or "").partition("\n")[0],
        found_by=frozenset(kind.found_by),
        warned_by=frozenset(kind.warned_by),
        only=kind.only,
        run=run,
    )


CASES = [case_of(kind) for kind in specimens()]
