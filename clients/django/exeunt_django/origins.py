"""Refuses changes that do not come from the application's own pages: a browser adds its cookies to others' requests as
well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from .conf import configuration
from .examination import bearer_token

View = TypeVar("View", bound=Callable[..., Any])

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def own_origin(view: View) -> View:
    """Takes changes only from pages of this site, by what the browser says of their origin, instead of by a CSRF
    token.
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def checked_async(request: HttpRequest, *args: Any, **options: Any) -> Any:
            return _refusal(request) or await view(request, *args, **options)

        return csrf_exempt(checked_async)

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **options: Any) -> Any:
        return _refusal(request) or view(request, *args, **options)

    return csrf_exempt(checked)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if request.method in _SAFE or bearer_token(request) is not None or _is_own(request):
        return None
    text = _("This did not come from one of our own pages.")
    return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")


def _is_own(request: HttpRequest) -> bool:
    """Where a request comes from: `Sec-Fetch-Site`, or `Origin` from a browser that sends none of those.

    With neither there is no telling. (Basic, Digest and Negotiate a browser adds by itself, so those do not count.)
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and (
        origin in configuration().origins or origin == f"{request.scheme}://{request.get_host()}"
    )
