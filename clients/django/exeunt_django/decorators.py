"""For views that only somebody with a live session may see, and for those that anybody may see at any time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest

from .answers import unauthorized
from .finding import finding_of

View = TypeVar("View", bound=Callable[..., Any])


def session_required(view: View) -> View:
    """Answers 401 to whoever has no live session, for views of an API; pages have Django's `login_required`."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def checked_async(request: HttpRequest, *args: Any, **options: Any) -> Any:
            if request.exeunt is None:
                return unauthorized(finding_of(request))
            return await view(request, *args, **options)

        return checked_async  # type: ignore[return-value]

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **options: Any) -> Any:
        if request.exeunt is None:
            return unauthorized(finding_of(request))
        return view(request, *args, **options)

    return checked  # type: ignore[return-value]


def always_answered(view: View) -> View:
    """Has a view answer also while nothing can be known of who asks, who is taken for a stranger then.

    It is for what is everybody's: a page about the state of things, a style sheet. Other requests that bring tokens are
    answered with 503 meanwhile.
    """
    view._exeunt_always_answered = True  # type: ignore[attr-defined]
    return view


def is_always_answered(view: Any) -> bool:
    """Whether a view has been marked so."""
    return getattr(view, "_exeunt_always_answered", False) is True
