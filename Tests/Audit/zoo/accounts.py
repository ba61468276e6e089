"""Who may sign in to the applications, and what each of them owns."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace


@dataclass
class Account:
    """Somebody who may sign in."""

    name: str
    password: str
    secret: str
    """What only this person may see."""


ADA = Account("ada", "correct horse 1815", "Ada keeps 1,815 punched cards in the attic")
BOB = Account("bob", "battery staple 1912", "Bob owes the bookmaker 1,912 crowns")


def accounts() -> dict[str, Account]:
    """The accounts by name, for one application to keep."""
    return {account.name: replace(account) for account in (ADA, BOB)}


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(*(secret.encode("utf-8", "surrogatepass") for secret in (one, other)))
