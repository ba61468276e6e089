"""Finds out who makes a request.

What is to be found out takes a question to the authority now and then. A question is yielded, so that a thread can ask
it at once and an event loop can have a thread ask it; everything else is looked up in memory.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from django.http import HttpRequest

from . import limits
from .authority.errors import AuthorityError, Trouble
from .cookies import BrowserCookies, SigningOut
from .finding import Finding
from .identity import Identity
from .process import Process
from .tokens.errors import Refusal, VerificationError

logger = logging.getLogger("exeunt")

Steps = Generator[Callable[[], Any], Any, Finding]
"""Questions to be asked, whose answers are sent back; at the end, what is found."""


def bearer_token(request: HttpRequest) -> str | None:
    """The token of an `Authorization` of the scheme Bearer (RFC 6750 §2.1), which may be empty.

    Whoever brings one is judged by it alone, and not by cookies.
    """
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip(" ") if scheme.lower() == "bearer" else None


def examine(request: HttpRequest, process: Process, cookies: BrowserCookies) -> Steps:
    """Finds out who makes a request, and exchanges the browser's refresh token where a new access token is needed."""
    bearer = bearer_token(request)
    if bearer is not None:
        return (yield from _Examination(process).judge_bearer(bearer))
    finding = Finding(access_token=cookies.access_token(request), refresh_token=cookies.refresh_token(request))
    finding.has_shown = finding.access_token is not None or finding.refresh_token is not None
    examination = _Examination(process)
    if cookies.is_signing_out(request):
        wish = cookies.signing_out(request)
        if wish is None or not finding.has_shown:
            finding.is_signing_out_done = True
        else:
            yield from examination.sign_out_first(finding, wish)
        if finding.trouble is not None or finding.change == "deleted":
            return finding
    yield from examination.judge_cookies(finding)
    return finding


class _Examination:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._verifier = process.verifier
        self._authority = process.authority

    def judge_bearer(self, token: str) -> Steps:
        finding = Finding(is_bearer=True, has_shown=True, access_token=token)
        try:
            finding.identity = yield from self._verify(token)
        except VerificationError as error:
            if error.refusal is Refusal.STALE:
                finding.trouble = _stale()
        return finding

    def judge_cookies(self, finding: Finding) -> Generator[Callable[[], Any], Any, None]:
        if finding.access_token is not None:
            try:
                finding.identity = yield from self._verify(finding.access_token)
                return
            except VerificationError as error:
                refusal = error.refusal
            if refusal is Refusal.STALE:
                finding.trouble = _stale()
                return
            if not refusal.is_mended_by_refresh:
                logger.warning("a browser's access token is refused: %s", refusal.meaning)
                return
            if refusal is Refusal.ENDED:
                finding.over = self._session_of(finding.access_token)
        if finding.refresh_token is not None:
            yield from self._renew(finding)
        elif finding.has_shown:
            finding.sign_out()

    def sign_out_first(self, finding: Finding, wish: SigningOut) -> Generator[Callable[[], Any], Any, None]:
        """Ends the session of a browser that has signed out while it was offline, before anything is served to it."""
        session = yield from self._session_of_cookies(finding)
        if finding.trouble is not None:
            return
        if finding.change == "deleted":
            # It was over already.
            finding.is_signing_out_done = True
            return
        if session is None and not self._verifier.has_lease:
            # Nothing is known of any token, so it is not known whose wish it is either.
            finding.trouble = _stale()
            return
        finding.is_signing_out_done = True
        if session != wish.session_id:
            return
        for token in list(finding.presentable_tokens):
            try:
                receipt = yield partial(self._authority.sign_out, token, wish.scope)
            except AuthorityError as error:
                error.during = "sign_out"
                finding.trouble, finding.is_signing_out_done = error, False
                return
            if receipt.ended_sessions > 0:
                break
        if wish.scope != "others":
            finding.over = session
            finding.sign_out()

    def _session_of_cookies(self, finding: Finding) -> Generator[Callable[[], Any], Any, str | None]:
        """The session that the browser's tokens are of, however old they are."""
        if self._process.follower.is_starting:
            yield self._process.follower.wait_for_first_lease
        session = self._session_of(finding.access_token)
        if session is None and finding.refresh_token is not None:
            yield from self._renew(finding)
            session = self._session_of(finding.access_token)
        return session

    def _session_of(self, token: str | None) -> str | None:
        identity = None if token is None else self._verifier.recognise(token)
        return None if identity is None else identity.session_id

    def _verify(self, token: str) -> Generator[Callable[[], Any], Any, Identity]:
        try:
            return self._verifier.verify(token)
        except VerificationError as error:
            refusal = error.refusal
        if refusal is Refusal.STALE and self._process.follower.is_starting:
            yield self._process.follower.wait_for_first_lease
            return self._verifier.verify(token)
        if refusal is Refusal.UNKNOWN_KEY:
            identity: Identity = yield partial(self._process.verify_with_new_keys, token)
            return identity
        raise VerificationError(refusal)

    def _renew(self, finding: Finding) -> Generator[Callable[[], Any], Any, None]:
        try:
            tokens = yield partial(self._authority.refresh, finding.refresh_token or "")
        except AuthorityError as error:
            if error.trouble is Trouble.CREDENTIAL_OVER:
                finding.over = finding.over or self._session_of(finding.access_token)
                finding.sign_out()
                return
            if error.trouble is not Trouble.UNAVAILABLE:
                logger.error("cannot refresh a browser's tokens: %s", error)
            finding.trouble = error
            return
        finding.take(tokens)
        try:
            finding.identity = yield from self._verify(tokens.access_token)
            finding.over = None
        except VerificationError as error:
            if error.refusal is Refusal.STALE:
                finding.trouble = _stale()
            elif error.refusal is not Refusal.ENDED:
                # It may just have been ended; anything else is wrong with us and not with the browser.
                logger.warning("the authority's new access token is refused: %s", error)


def _stale() -> AuthorityError:
    return AuthorityError(Trouble.UNAVAILABLE, Refusal.STALE.meaning, retry_after_seconds=limits.RETRY_AFTER_SECONDS)
