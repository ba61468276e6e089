"""What the authority calls a user."""

from __future__ import annotations

from typing import Any


def subject_of(user: Any) -> str:
    """The name."""
    return str(user.get_username())
