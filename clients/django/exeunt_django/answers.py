"""What is said to whoever shows nothing that is accepted, and where nothing can be known."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from .authority.errors import AuthorityError, During, Trouble
from .finding import Finding

logger = logging.getLogger("exeunt")

_NO_TOKEN = 'Bearer realm="exeunt"'
"""No error code, since there was nothing to be wrong (RFC 6750 §3.1)."""
_INVALID_TOKEN = 'Bearer realm="exeunt", error="invalid_token"'


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, and not a person: it accepts JSON, and says nothing of HTML."""
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def unauthorized(finding: Finding | None) -> HttpResponse:
    """The answer to whoever shows no token, or one that is not accepted."""
    response = JsonResponse({"error": "unauthorized"}, status=401)
    has_shown = finding is not None and finding.has_shown
    response["WWW-Authenticate"] = _INVALID_TOKEN if has_shown else _NO_TOKEN
    response["Cache-Control"] = "no-store"
    return response


def unavailable(request: HttpRequest, error: AuthorityError) -> HttpResponse:
    """The answer where the authority is needed and cannot be asked: come back, and what has not happened."""
    is_at_cap = error.trouble is Trouble.TOO_MANY_SESSIONS
    title, text = _at_cap() if is_at_cap else _texts(error.during)
    status = 409 if is_at_cap else 503
    if wants_json(request):
        still = error.during in ("sign_out", "event")
        body: dict[str, Any] = {"error": "unavailable", "detail": text} | ({"still_signed_in": True} if still else {})
        response: HttpResponse = JsonResponse(body, status=status)
    else:
        # Without the request, so that nobody's context processor looks into a session that cannot be judged.
        page = render_to_string("exeunt/unavailable.html", {"title": title, "text": text, "during": error.during})
        response = HttpResponse(page, status=status)
    response["Retry-After"] = str(error.retry_after_seconds)
    response["Cache-Control"] = "no-store"
    return response


def _at_cap() -> tuple[str, str]:
    return _("You are signed in on too many devices"), _("Sign out on one of them first.")


def _texts(during: During) -> tuple[str, str]:
    if during == "sign_out":
        return _("You are still signed in"), _("The sign-out could not be made sure of. Try again in a moment.")
    if during == "sign_in":
        return _("Nobody can sign in now"), _("Try again in a moment.")
    if during == "event":
        return (
            _("The change is saved, but nobody was signed out"),
            _("The sessions that it should end are still signed in. Sign out everywhere to end them."),
        )
    return _("This cannot be answered now"), _("Try again in a moment.")
