"""Ending sessions: at the authority first, and here afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from .authority.errors import AuthorityError, During
from .authority.sessions import Scope, SignOutReceipt
from .finding import Finding
from .process import Process

Value = TypeVar("Value")

NOTHING = SignOutReceipt(0, True, None, None)
"""What the ending of nothing has done."""


def sign_out(here: Process, finding: Finding, scope: Scope = "current") -> SignOutReceipt:
    """Ends what the scope says at the authority, and has the browser's cookies deleted then.

    If it raises, nothing is deleted: the person is still signed in.
    """
    receipt = NOTHING
    for token in list(finding.presentable_tokens):
        receipt = during("sign_out", partial(here.authority.sign_out, token, scope))
        if receipt.ended_sessions > 0:
            break
    if scope != "others":
        # Also where it was not known whether it lives.
        known = here.verifier.recognise(finding.access_token or "")
        finding.over = finding.over if known is None else known.session_id
        finding.sign_out()
    return receipt


def during(what: During, ask: Callable[[], Value]) -> Value:
    """The answer to a question; if there is none, the error says what it was needed for."""
    try:
        return ask()
    except AuthorityError as error:
        error.during = what
        raise
