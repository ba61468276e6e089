"""An application of which it is known what an auditor should say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One application, correct or with one fault."""

    name: str
    group: str
    says: str
    """What is wrong, in a sentence."""
    found_by: frozenset[str]
    """The probes that must fail; no other may."""
    warned_by: frozenset[str]
    """The probes that must warn; no other may."""
    only: tuple[str, ...]
    """The only probes that are tried, with leave to wait; none for all that need no waiting."""
    run: Callable[[], AbstractContextManager[dict[str, Any]]]
    """Runs the application, and hands out the audit's target file for it."""

    @property
    def needs_browser(self) -> bool:
        """Whether a browser is looked through as well: for its faults, and where nothing may be found."""
        return self.is_correct or any(probe.startswith("browser-") for probe in self.found_by | self.warned_by)

    @property
    def is_correct(self) -> bool:
        """Whether there is nothing to find."""
        return not self.found_by and not self.warned_by
