"""Lets Django's own signing in and out be Exeunt's too."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from .authority.errors import AuthorityError, Trouble
from .authority.sessions import SessionTokens
from .conf import configuration
from .csrf import renew_csrf_secret
from .endings import during, sign_out
from .finding import Finding, finding_of
from .guard import MARK
from .identity import Identity
from .process import Process, authority_client, process
from .providers import upstream_of
from .tokens.errors import Refusal, VerificationError


def open_session(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Opens an Exeunt session for whoever has signed in; after it, what this browser had before is ended."""
    if not configuration().is_enabled:
        return
    finding = finding_of(request)
    if finding is None:
        raise ImproperlyConfigured(
            "Somebody is signed in by a request that has not been through ExeuntMiddleware, so there is no browser to "
            "keep the session's tokens. For tests that use `force_login` set EXEUNT = {'ENABLED': False}."
        )
    here = process()
    tokens = None
    try:
        tokens = during("sign_in", lambda: _open(here, request, configuration().subject_of(user)))
        identity = during("sign_in", partial(_read, here, tokens))
        if not finding.is_bearer:
            _end_earlier(here, finding)
    except AuthorityError:
        # Nobody is signed in halfway.
        request.session.flush()
        request.user = AnonymousUser()
        if tokens is not None:
            with suppress(AuthorityError):
                here.authority.sign_out(tokens.refresh_token)
        raise
    finding.take(tokens)
    finding.identity = request.exeunt = identity
    request.session[MARK] = identity.session_id


def _open(here: Process, request: HttpRequest, subject: str) -> SessionTokens:
    return here.authority.open_session(
        subject,
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        address=request.META.get("REMOTE_ADDR", ""),
        upstream=upstream_of(request),
    )


def _read(here: Process, tokens: SessionTokens) -> Identity:
    """Whose tokens these are. A new token that is not accepted here is the sign of a wrong setting or clock."""
    here.follower.wait_for_first_lease()
    try:
        return here.verifier.verify(tokens.access_token)
    except VerificationError as error:
        refusal = error.refusal
    if refusal is Refusal.UNKNOWN_KEY:
        try:
            return here.verify_with_new_keys(tokens.access_token)
        except VerificationError as error:
            refusal = error.refusal
    if refusal is Refusal.STALE:
        raise AuthorityError(Trouble.UNAVAILABLE, refusal.meaning)
    raise AuthorityError(Trouble.TOKEN_REFUSED, f"The authority's own token is refused here: {refusal.meaning}.")


def _end_earlier(here: Process, finding: Finding) -> None:
    earlier = Finding(access_token=finding.access_token, refresh_token=finding.refresh_token)
    during("sign_in", lambda: sign_out(here, earlier))


def end_session(sender: Any, request: HttpRequest | None, user: Any, **_: Any) -> None:
    """Ends the Exeunt session of whoever signs out, before Django forgets it.

    If it raises, Django forgets nothing: the person is still signed in, and is told so.
    """
    if request is None or not configuration().is_enabled:
        return
    finding = finding_of(request)
    if finding is not None and finding.change == "deleted":
        # It is ended already.
        return
    if finding is not None and any(finding.presentable_tokens):
        sign_out(process(), finding)
        renew_csrf_secret(request)
        request.exeunt = None
        return
    _end_marked(request, user)


def _end_marked(request: HttpRequest, user: Any) -> None:
    """Ends the session that a Django session is marked with, where there are no tokens to end it by."""
    mark = getattr(request, "session", {}).get(MARK)
    user = user or get_user(request)
    if mark is None or not user.is_authenticated:
        return
    authority = authority_client()
    try:
        during("sign_out", lambda: authority.end_session(configuration().subject_of(user), mark))
    except AuthorityError as error:
        if error.trouble is not Trouble.NOT_FOUND:
            raise
