"""What every answer says: nothing runs here but our own scripts, in no frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def PageHeaders(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Adds the headers to each answer."""

    def add(response: Any) -> Any:
        response["Content-Security-Policy"] = (
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Referrer-Policy"] = "same-origin"
        return response

    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> Any:
            return add(await get_response(request))

        return answer_async
    return lambda request: add(get_response(request))
