"""An application together with what an auditor should say about it."""

from __future__ import annotations

from typing import Any, ClassVar

from .accounts import ADA, BOB
from .web import App

RATE_PER_SECOND = 1000
"""These applications mind no haste."""


class Specimen(App):
    """An application that can be audited."""

    found_by: ClassVar[tuple[str, ...]] = ()
    """The probes that must fail; no other may."""

    warned_by: ClassVar[tuple[str, ...]] = ()
    """The probes that must warn; no other may."""

    only: ClassVar[tuple[str, ...]] = ()
    """The only probes that are tried, with leave to wait; none for all that need no waiting."""

    def target(self, url: str) -> dict[str, Any]:
        """The audit's target file for this application at a URL."""
        user = {"name": ADA.name, "password": "${AUDIT_PASSWORD}"}
        second = {"name": BOB.name, "password": "${AUDIT_SECOND_PASSWORD}", "never-sees": [ADA.secret]}
        return {"base": url, "rate": RATE_PER_SECOND, "user": user, "second-user": second} | self.tour()

    def tour(self) -> dict[str, Any]:
        """What of the target file depends on the application."""
        raise NotImplementedError
