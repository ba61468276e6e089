"""Says who makes a request, and keeps the browser's cookies in step with the authority."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers

from . import testing
from .answers import unavailable
from .authority.errors import AuthorityError
from .authority.sessions import SessionTokens
from .conf import configuration
from .cookies import BrowserCookies
from .csrf import renew_csrf_secret
from .decorators import is_always_answered
from .examination import Steps, examine
from .finding import Finding, current
from .guard import delete_if_over, give_back, guard
from .process import Process, process

logger = logging.getLogger("exeunt")


class ExeuntMiddleware:
    """Sets `request.exeunt` to the identity of whoever makes a request, or to none.

    It stands after the middlewares of sessions and authentication. Where a browser has signed in, its Django session
    counts only together with the live Exeunt session that it is marked with.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The answer to a request."""
        return self._answer_async(request) if self.is_async else self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not configuration().is_enabled:
            testing.stand_in(request)
            response: HttpResponseBase = self.get_response(request)
            return response
        here = process()
        finding = _ask(examine(request, here, _cookies()))
        refusal = _begin(request, finding)
        if refusal is not None:
            return _finish(request, finding, refusal)
        if finding.over is not None:
            delete_if_over(request)
        token = current.set(finding)
        try:
            return _finish(request, finding, self.get_response(request))
        finally:
            current.reset(token)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        if not configuration().is_enabled:
            await sync_to_async(testing.stand_in)(request)
            response: HttpResponseBase = await self.get_response(request)
            return response
        here = process()
        finding = await _ask_async(examine(request, here, _cookies()), here)
        refusal = _begin(request, finding)
        if refusal is not None:
            return _finish(request, finding, refusal)
        if finding.over is not None:
            await sync_to_async(delete_if_over)(request)
        token = current.set(finding)
        try:
            return _finish(request, finding, await self.get_response(request))
        finally:
            current.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to a request whose view needed the authority in vain."""
        if not isinstance(exception, AuthorityError):
            return None
        logger.error("the authority was needed (%s): %s", exception.during, exception)
        return unavailable(request, exception)


def _ask(steps: Steps) -> Finding:
    """Asks the questions that come up, here and now."""
    try:
        question = next(steps)
        while True:
            try:
                answer = question()
            except Exception as error:
                question = steps.throw(error)
            else:
                question = steps.send(answer)
    except StopIteration as end:
        finding: Finding = end.value
        return finding


async def _ask_async(steps: Steps, here: Process) -> Finding:
    """Has the questions that come up asked by threads; as a rule there are none."""
    loop = asyncio.get_running_loop()
    try:
        question = next(steps)
        while True:
            try:
                answer = await loop.run_in_executor(here.threads, copy_context().run, question)
            except Exception as error:
                question = steps.throw(error)
            else:
                question = steps.send(answer)
    except StopIteration as end:
        finding: Finding = end.value
        return finding


def _cookies() -> BrowserCookies:
    return BrowserCookies(configuration().has_secure_cookies)


def _begin(request: HttpRequest, finding: Finding) -> HttpResponse | None:
    """Tells the view who makes the request, or gives the answer where that cannot be known."""
    if finding.trouble is not None and not _is_always_answered(request):
        return unavailable(request, finding.trouble)
    request._exeunt = finding
    request.exeunt = finding.identity
    guard(request, finding)
    # The forms of a page that is open have what belongs to the old one, such as that to sign in.
    if finding.change == "deleted" and request.method in ("GET", "HEAD"):
        renew_csrf_secret(request)
    return None


def _is_always_answered(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info, getattr(request, "urlconf", None)).func
    except Resolver404:
        return False
    return is_always_answered(view)


def _finish(request: HttpRequest, finding: Finding, response: HttpResponseBase) -> HttpResponseBase:
    """Puts the cookies on the answer, whatever it is, and keeps what is private out of caches.

    Whoever is signed in gets `no-store`, unless the view has said something about caching itself. An answer that
    changes the cookies holds tokens, and nothing that a view says makes it fit for a cache.
    """
    give_back(request)
    cookies = _cookies()
    if isinstance(finding.change, SessionTokens):
        cookies.set(finding.change, response)
    elif finding.change == "deleted":
        cookies.delete(response)
    if finding.is_signing_out_done:
        cookies.delete_signing_out(response)
    is_changed = finding.change is not None or finding.is_signing_out_done
    if is_changed or (finding.identity is not None and not response.has_header("Cache-Control")):
        response["Cache-Control"] = "no-store"
    if finding.has_shown:
        patch_vary_headers(response, ("Cookie", "Authorization"))
    return response
