"""The pages.

They go by `request.exeunt`, which is there for every live session, and not by `request.user`, which is a row of this
instance's database.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import authenticate, get_user_model, login, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from exeunt_django.decorators import always_answered, session_required
from exeunt_django.origins import own_origin
from exeunt_django.process import process

from .models import Note


def see_other(path: str) -> HttpResponse:
    """Sends a browser elsewhere, whatever it has sent."""
    return HttpResponse(status=303, headers={"Location": path})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """One's own notes, or a form to sign in with."""
    if request.exeunt is None:
        return render(request, "notes/sign_in.html")
    return render(request, "notes/home.html", {"name": request.exeunt.subject, "notes": notes_of(request)})


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The page that the browser fills by itself."""
    return see_other("/") if request.exeunt is None else render(request, "notes/board.html")


@own_origin
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Checks the password, which is Django's to do; with `login` Exeunt opens a session."""
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    user = authenticate(request, username=name, password=password)
    if user is None:
        return render(request, "notes/sign_in.html", {"message": "That is not right."}, status=401)
    login(request, user)
    return see_other("/")


@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    """Where an open page goes whose session has ended; who is signed in has no business there."""
    return render(request, "notes/signed_out.html") if request.exeunt is None else see_other("/")


@own_origin
@require_http_methods(["GET", "HEAD", "POST"])
@session_required
def notes(request: HttpRequest) -> HttpResponse:
    """One's own notes as JSON, and one more of them."""
    if request.method != "POST":
        return JsonResponse(notes_of(request), safe=False)
    is_json = request.content_type == "application/json"
    text = text_of(request) if is_json else request.POST.get("text")
    if not isinstance(text, str) or not 0 < len(text) <= 500:
        return JsonResponse({"error": "a note has a text of at most 500 characters"}, status=400)
    Note.objects.create(subject=request.exeunt.subject, text=text)
    return JsonResponse({"text": text}, status=201) if is_json else see_other("/")


def notes_of(request: HttpRequest) -> list[str]:
    """The notes of whoever makes the request, the newest first."""
    own = Note.objects.filter(subject=request.exeunt.subject)
    return list(own.order_by("-pk").values_list("text", flat=True)[:100])


def text_of(request: HttpRequest) -> Any:
    """The text of a note in JSON."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    return body.get("text") if isinstance(body, dict) else None


@own_origin
@require_POST
@session_required
def password(request: HttpRequest) -> HttpResponse:
    """Changes one's own password. That it is saved is enough for one's other sessions to end."""
    new = request.POST.get("password", "")
    user = get_user_model().objects.filter(username=request.exeunt.subject).first()
    if user is None or not new:
        return HttpResponse("There is nothing to change.", status=400, content_type="text/plain")
    user.set_password(new)
    user.save()
    update_session_auth_hash(request, user)
    return see_other("/")


@require_GET
@always_answered
def status(request: HttpRequest) -> HttpResponse:
    """How the verifier of this process is doing."""
    now = process().verifier.status
    text = f"{now.state}, {now.applied} applied, {now.revocations} held, {now.checks.get('accepted', 0)} accepted\n"
    return HttpResponse(text, content_type="text/plain")
