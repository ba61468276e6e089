"""Some pages, of the kinds that an application has."""

from __future__ import annotations

import os
from typing import Any

from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

from exeunt_django.decorators import always_answered, session_required
from exeunt_django.process import begun
from exeunt_django.providers import vouched_for


def public(request: HttpRequest) -> HttpResponse:
    """A page that looks into no session."""
    return HttpResponse("anybody")


def login_vouched(request: HttpRequest) -> HttpResponse:
    """The sign-in of somebody whom a provider has sent here."""
    vouched_for(request, issuer=request.POST["issuer"], sid=request.POST["sid"])
    login(request, get_user_model().objects.get(username=request.POST["username"]))
    return HttpResponse("welcome")


@login_required
def private(request: HttpRequest) -> HttpResponse:
    """A page of somebody whom Django knows."""
    return HttpResponse(f"hello {request.user.get_username()}")


def who(request: HttpRequest) -> HttpResponse:
    """What the request looks like to a view."""
    identity = request.exeunt
    return JsonResponse(
        {
            "subject": None if identity is None else identity.subject,
            "session_id": None if identity is None else identity.session_id,
            "user": request.user.get_username(),
            "session": dict(request.session.items()),
        }
    )


async def who_async(request: HttpRequest) -> HttpResponse:
    """The same, as a coroutine sees it."""
    identity = request.exeunt
    user = await request.auser() if hasattr(request, "auser") else None
    return JsonResponse(
        {
            "subject": None if identity is None else identity.subject,
            "user": None if user is None else user.get_username(),
        }
    )


@session_required
def notes(request: HttpRequest) -> HttpResponse:
    """A view of an API."""
    return JsonResponse([request.exeunt.subject], safe=False)


@session_required
async def notes_async(request: HttpRequest) -> HttpResponse:
    """The same, as a coroutine."""
    return JsonResponse([request.exeunt.subject], safe=False)


@csrf_exempt
def cart(request: HttpRequest) -> HttpResponse:
    """Something that is kept in the session of somebody who need not be signed in."""
    request.session["cart"] = request.session.get("cart", 0) + 1
    return HttpResponse(str(request.session["cart"]))


@cache_control(private=True, max_age=60)
def cached(request: HttpRequest) -> HttpResponse:
    """A view that says how it may be cached."""
    return HttpResponse("for a minute")


def broken(request: HttpRequest) -> HttpResponse:
    """A view that fails."""
    raise RuntimeError("as it is meant to")


@always_answered
def status(request: HttpRequest) -> HttpResponse:
    """How the verifier of this process is doing; or, if that is asked, what the request looks like."""
    if "look" in request.GET:
        return who(request)
    here = begun()
    said: dict[str, Any] = {"pid": os.getpid(), "state": None}
    if here is not None:
        now = here.verifier.status
        said |= {"state": now.state, "watchers": now.watchers}
    return JsonResponse(said)
