"""How each piece of software is shown to the audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Software:
    """Something that others wrote, in one configuration."""

    title: str
    configuration: str
    """What is the default of the framework, and what the sample chose."""
    command: tuple[str, ...]
    """The program, and its argument."""
    packages: tuple[str, ...]
    """The packages whose versions matter."""
    tour: dict[str, Any]


def _django_form(place: str, **fields: str) -> list[dict[str, Any]]:
    return [{"form": place, "fill": fields}]


CREDENTIALS = {"username": "{{user}}", "password": "{{password}}"}

ADMIN: dict[str, Any] = {
    "sign-in": _django_form("/admin/login/", **CREDENTIALS),
    "sign-out": [{"form": "/admin/", "action": "/admin/logout/"}],
    "protected": ["/admin/", "/admin/auth/user/"],
    "password-change": {
        "new-password": "${AUDIT_NEW_PASSWORD}",
        "steps": _django_form(
            "/admin/password_change/",
            old_password="{{password}}",
            new_password1="{{new-password}}",
            new_password2="{{new-password}}",
        ),
    },
    "timeouts": {"absolute": "14d"},
}

PAIR = {"access": {"json": "/access"}, "refresh": {"json": "/refresh"}}

JWT: dict[str, Any] = {
    "sign-in": [{"post": "/api/token/", "json": CREDENTIALS, "pick": PAIR}],
    "headers": {"Authorization": "Bearer {{access}}"},
    "access": {"value": "access"},
    "refresh": {
        "token": {"value": "refresh"},
        "steps": [{"post": "/api/token/refresh/", "json": {"refresh": "{{refresh}}"}, "pick": PAIR}],
    },
    "sign-out": [{"post": "/api/token/blacklist/", "json": {"refresh": "{{refresh}}"}}],
    "protected": [{"path": "/api/me/", "shows": "ada"}],
}

NOT_ROTATED: dict[str, Any] = JWT | {
    "refresh": JWT["refresh"]
    | {
        "steps": [
            {
                "post": "/api/token/refresh/",
                "json": {"refresh": "{{refresh}}"},
                "pick": {"access": {"json": "/access"}},
            }
        ]
    }
}

LOGIN = {"email": "{{user}}", "password": "{{password}}"}

SOFTWARE = [
    Software(
        "Django's admin",
        "The settings that `startproject` writes, with `DEBUG = False`. All else is the framework's default.",
        ("django_project", "admin"),
        ("Django",),
        ADMIN,
    ),
    Software(
        "Django's admin, hardened",
        "The same with `SESSION_COOKIE_SECURE` and `CSRF_COOKIE_SECURE`, as the deployment checklist asks.",
        ("django_project", "admin-secure"),
        ("Django",),
        ADMIN,
    ),
    Software(
        "django-allauth",
        "As its installation guide says; e-mail verification and rate limits are off for the sake of the audit.",
        ("django_project", "allauth"),
        ("Django", "django-allauth"),
        {
            "sign-in": _django_form("/accounts/login/", login="{{user}}", password="{{password}}"),
            "sign-out": _django_form("/accounts/logout/"),
            "protected": ["/accounts/email/", "/accounts/password/change/"],
            "password-change": {
                "new-password": "${AUDIT_NEW_PASSWORD}",
                "steps": _django_form(
                    "/accounts/password/change/",
                    oldpassword="{{password}}",
                    password1="{{new-password}}",
                    password2="{{new-password}}",
                ),
            },
        },
    ),
    Software(
        "djangorestframework-simplejwt with its blacklist app",
        "The package's defaults; sign-out is its own `TokenBlacklistView`. The view that is audited is the sample's.",
        ("django_project", "simplejwt"),
        ("Django", "djangorestframework", "djangorestframework_simplejwt"),
        NOT_ROTATED,
    ),
    Software(
        "djangorestframework-simplejwt, rotating",
        "The same with `ROTATE_REFRESH_TOKENS` and `BLACKLIST_AFTER_ROTATION`, both of which are off by default.",
        ("django_project", "simplejwt-rotating"),
        ("Django", "djangorestframework", "djangorestframework_simplejwt"),
        JWT,
    ),
    Software(
        "Flask-Login",
        "The sample of its documentation. The cookies' attributes and lifetimes, and that the session is in a signed "
        "cookie, are the frameworks' defaults; that the form has no token and that `GET` signs out are the sample's.",
        ("flask_login_sample",),
        ("Flask", "Flask-Login"),
        {
            "sign-in": [{"form": "/login", "fill": LOGIN}],
            "sign-out": [{"get": "/logout"}],
            "protected": [{"path": "/account", "shows": "ada"}],
            "remember": {
                "cookie": "remember_token",
                "sign-in": [{"form": "/login", "fill": LOGIN | {"remember": "yes"}}],
            },
        },
    ),
]
