"""The routes that the pages and scripts of an application need."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import logout as forget
from django.contrib.auth.views import redirect_to_login
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from . import limits
from .answers import unauthorized, wants_json
from .authority.errors import AuthorityError, Trouble
from .authority.sessions import SignOutReceipt
from .conf import configuration, is_own_path
from .cookies import is_scope
from .csrf import renew_csrf_secret
from .decorators import always_answered
from .devices import as_context, as_json
from .endings import NOTHING, during, sign_out
from .finding import finding_of
from .guard import let_in
from .origins import own_origin
from .process import authority_client, process
from .streams import AsyncEndStream, EndStream
from .tokens.base64url import is_identifier
from .verifier import TooManyWatchers


@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """Whether this browser is signed in, and as whom."""
    identity = request.exeunt
    said = {"signed_in": False}
    if identity is not None:
        said = {"signed_in": True, "session_id": identity.session_id, "subject": identity.subject}
    return _private(JsonResponse(said))


@own_origin
@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Sees to it that the browser has tokens that are good; the middleware has done so already."""
    if request.exeunt is None:
        return unauthorized(finding_of(request))
    return _private(HttpResponse(status=204))


@require_GET
def events(request: HttpRequest) -> HttpResponseBase:
    """A stream that tells an open page that its session is over."""
    if request.exeunt is None:
        return unauthorized(finding_of(request))
    is_asynchronous = isinstance(request, ASGIRequest)
    settings = configuration()
    if not settings.is_enabled or not (is_asynchronous or settings.wsgi_streams):
        # The page's script asks now and then instead.
        return _private(HttpResponse(status=204))
    here = process()
    places = None if is_asynchronous else here.wsgi_streams
    if places is not None and not places.acquire(blocking=False):
        return _too_many()
    leave = places.release if places is not None else lambda: None
    try:
        stream = (AsyncEndStream if is_asynchronous else EndStream)(here.verifier, request.exeunt, leave)
    except TooManyWatchers:
        leave()
        return _too_many()
    response = StreamingHttpResponse(stream, content_type="text/event-stream")
    # A proxy that waits for more of it would keep the news to itself.
    response["X-Accel-Buffering"] = "no"
    return _private(response)


@always_answered
@own_origin
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Ends this session, all others of the same person, or all, at the authority first; it needs no live session."""
    fields = _fields(request)
    if fields is None or _is_prefetch(request):
        return _plain(400, _("This is not a sign-out."))
    scope = fields.get("scope") or "current"
    if not is_scope(scope):
        return _plain(400, _("A sign-out is `current`, `others` or `everywhere`."))
    wanted = fields.get("return_to")
    return_to = str(wanted) if is_own_path(wanted) else configuration().signed_out_url
    finding = finding_of(request)
    if request.exeunt is not None:
        # Whoever else hears of the sign-out wants to know whose it was; afterwards nobody can be found.
        bool(getattr(request, "user", None))
    receipt = NOTHING if finding is None else sign_out(process(), finding, scope)
    if scope != "others":
        _forget(request)
    return _receipt(request, receipt, return_to, is_over=scope != "others")


@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """The devices on which this person is signed in, as a page or as JSON."""
    identity = request.exeunt
    if identity is None:
        return unauthorized(finding_of(request)) if wants_json(request) else redirect_to_login(request.get_full_path())
    sessions = authority_client().list_sessions(identity.subject) if configuration().is_enabled else []
    if wants_json(request):
        return _private(JsonResponse({"sessions": [as_json(found, identity.session_id) for found in sessions]}))
    context = {"sessions": [as_context(found, identity.session_id) for found in sessions]}
    return _private(render(request, "exeunt/devices.html", context))


@own_origin
@require_POST
def end_device(request: HttpRequest, session_id: str) -> HttpResponse:
    """Ends one of one's own sessions; one's own current one as a sign-out does."""
    identity, finding = request.exeunt, finding_of(request)
    if identity is None or finding is None:
        return unauthorized(finding)
    is_current = session_id == identity.session_id
    try:
        if not is_identifier(session_id):
            raise AuthorityError(Trouble.NOT_FOUND, "It is no session's id.")
        receipt = during("sign_out", lambda: authority_client().end_session(identity.subject, session_id))
    except AuthorityError as error:
        if error.trouble is not Trouble.NOT_FOUND:
            raise
        return _plain(404, _("You have no such session."))
    if is_current:
        finding.over = session_id
        finding.sign_out()
        _forget(request)
    return_to = configuration().signed_out_url if is_current else reverse("exeunt:devices")
    return _receipt(request, receipt, return_to, is_over=is_current)


# Answers


def _receipt(request: HttpRequest, receipt: SignOutReceipt, return_to: str, *, is_over: bool) -> HttpResponse:
    """What a sign-out has done, and no more than that."""
    if wants_json(request):
        by = receipt.settles_by
        response: HttpResponse = JsonResponse(
            {
                "ended_sessions": receipt.ended_sessions,
                "settled": receipt.is_settled,
                "settled_after_ms": receipt.settled_after_milliseconds,
                "settles_by": None if by is None else by.isoformat().replace("+00:00", "Z"),
                "return_to": return_to,
            }
        )
    elif receipt.is_settled:
        response = HttpResponse(status=303, headers={"Location": return_to})
    else:
        # The answer to the form itself: an address that says it could be sent to somebody who is still signed in.
        context = {"settles_by": receipt.settles_by, "return_to": return_to, "is_over": is_over}
        response = render(None, "exeunt/unsettled.html", context)
    if is_over and configuration().has_secure_cookies:
        response["Clear-Site-Data"] = '"storage"'
    return _private(response)


def _private(response: Any) -> Any:
    response["Cache-Control"] = "no-store"
    return response


def _plain(status: int, text: str) -> HttpResponse:
    return _private(HttpResponse(text, status=status, content_type="text/plain; charset=utf-8"))


def _too_many() -> HttpResponse:
    response = _plain(503, _("Too many pages wait at once."))
    response["Retry-After"] = str(limits.LONGEST_RETRY_AFTER_SECONDS)
    return response


# Requests


def _forget(request: HttpRequest) -> None:
    """Has Django forget who was signed in."""
    finding = finding_of(request)
    if finding is not None:
        let_in(request, finding)
    if hasattr(request, "session"):
        forget(request)
    renew_csrf_secret(request)
    request.exeunt = None


def _fields(request: HttpRequest) -> dict[str, Any] | None:
    """The fields of a form or of a JSON object; none where it is neither."""
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        fields = json.loads(request.body or b"{}")
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _is_prefetch(request: HttpRequest) -> bool:
    """Whether a browser only makes ready for what a person may want."""
    said = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose"))
    return "Next-Router-Prefetch" in request.headers or any("prefetch" in purpose for purpose in said)
