"""Says at the start what is wrong with the settings, and what to do about it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse

from .conf import problems

_OURS = "exeunt_django.middleware.ExeuntMiddleware"
_SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
_AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
_CACHES = ("django.middleware.cache.UpdateCacheMiddleware", "django.middleware.cache.FetchFromCacheMiddleware")


def check_settings(**_: Any) -> list[CheckMessage]:
    """Whether `EXEUNT` can be meant, and what else has to be there is."""
    raw = getattr(settings, "EXEUNT", None)
    found: list[CheckMessage] = [
        Error(problem.what, hint=problem.hint, id=f"exeunt.E{problem.number:03}") for problem in problems(raw)
    ]
    try:
        get_template("exeunt/unavailable.html")
    except TemplateDoesNotExist:
        hint = "Set APP_DIRS to True in TEMPLATES, or write the template."
        found.append(Error("The template exeunt/unavailable.html cannot be found.", hint=hint, id="exeunt.E020"))
    try:
        reverse("exeunt:logout")
    except NoReverseMatch:
        hint = "Add path('exeunt/', include('exeunt_django.urls')) to the URLconf."
        found.append(Warning("The views of Exeunt are not to be reached.", hint=hint, id="exeunt.W021"))
    return found


def check_middleware(**_: Any) -> list[CheckMessage]:
    """Whether the middleware is there, and after those that it depends on."""
    order = list(settings.MIDDLEWARE)
    if _OURS not in order:
        hint = f"Add {_OURS!r} to MIDDLEWARE, right after {_AUTHENTICATION!r}. Without it nobody can sign in."
        return [Error("ExeuntMiddleware is missing.", hint=hint, id="exeunt.E050")]
    own = order.index(_OURS)
    found: list[CheckMessage] = []
    for needed in (_SESSIONS, _AUTHENTICATION):
        if needed in order[own:]:
            hint = f"Move {_OURS!r} below {needed!r}."
            found.append(Error(f"ExeuntMiddleware stands before {needed}.", hint=hint, id="exeunt.E051"))
    for cache in _CACHES:
        if cache in order and order.index(cache) < own:
            hint = f"Move {cache!r} below {_OURS!r}, or cache single views with `cache_page`."
            what = f"{cache} stands before ExeuntMiddleware, so it may answer before anybody is asked who it is."
            found.append(Warning(what, hint=hint, id="exeunt.W052"))
    if _AUTHENTICATION in order[:own]:
        between = order[order.index(_AUTHENTICATION) + 1 : own]
        if between:
            hint = (
                "They see a user whose session may be over. Move ExeuntMiddleware right after AuthenticationMiddleware."
            )
            what = f"Between AuthenticationMiddleware and ExeuntMiddleware stand {', '.join(between)}."
            found.append(Warning(what, hint=hint, id="exeunt.W053"))
    return found


def check_admin(**_: Any) -> list[CheckMessage]:
    """Whether the user admin can sign people out."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    from django.contrib.admin import site

    from .admin import SIGN_OUT_EVERYWHERE

    model = get_user_model()
    admin = site._registry.get(model)
    names = [getattr(action, "__name__", action) for action in (getattr(admin, "actions", None) or ())]
    if admin is None or SIGN_OUT_EVERYWHERE in names:
        return []
    hint = "Add exeunt_django.admin.SignOutEverywhereMixin to its bases, or put 'exeunt_django' below its app."
    return [
        Warning(
            f"The admin of {model.__name__} has no action that signs people out.",
            hint=hint,
            obj=type(admin),
            id="exeunt.W030",
        )
    ]


def check_deployment(**_: Any) -> list[CheckMessage]:
    """What is for a developer's machine alone."""
    raw = getattr(settings, "EXEUNT", None)
    found: list[CheckMessage] = []
    if not isinstance(raw, dict):
        return found
    if raw.get("ENABLED", True) is False:
        hint = "Take EXEUNT['ENABLED'] out; it is for tests."
        found.append(Warning("Exeunt is not enabled: a sign-out ends nothing.", hint=hint, id="exeunt.W040"))
    if raw.get("SECURE_COOKIES", not settings.DEBUG) is False:
        hint = "Take EXEUNT['SECURE_COOKIES'] out, and serve over https."
        what = "The cookies go over plain http, where anybody on the way can read and replace them."
        found.append(Warning(what, hint=hint, id="exeunt.W041"))
    return found
