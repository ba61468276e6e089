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

SPOKEN: dict[str, Any] = {"access": {"json": "/access_token"}, "refresh": {"json": "/refresh_token"}}
"""The tokens in an answer as OAuth words it."""


def _oauth(token: str, revoke: str, **more: Any) -> dict[str, Any]:
    """Tokens by the password grant, refreshed, and revoked; the client is `client` with the secret `secret`."""
    client = {"Authorization": "Basic Y2xpZW50OnNlY3JldA=="}
    grant = {"grant_type": "password", "username": "{{user}}", "password": "{{password}}"}
    renewal = {"grant_type": "refresh_token", "refresh_token": "{{refresh}}"}
    picked = SPOKEN if more.pop("rotating", True) else {"access": SPOKEN["access"]}
    scope = more.pop("scope", {})
    return {
        "sign-in": [{"post": token, "fields": grant | scope, "headers": client, "pick": SPOKEN}],
        "headers": {"Authorization": "Bearer {{access}}"},
        "access": {"value": "access"},
        "refresh": {
            "token": {"value": "refresh"},
            "steps": [{"post": token, "fields": renewal, "headers": client, "pick": picked}],
        },
        "sign-out": [{"post": revoke, "fields": {"token": "{{refresh}}"}, "headers": client}],
        "protected": [{"path": "/api/me", "shows": "ada"}],
    } | more


TOOLKIT = _oauth("/o/token/", "/o/revoke_token/", protected=[{"path": "/api/me/", "shows": "ada"}])

PASSPORT: dict[str, Any] = {
    "sign-in": [{"form": "/login", "fill": CREDENTIALS}],
    "sign-out": [{"form": "/account", "action": "/logout"}],
    "protected": [{"path": "/account", "shows": "ada"}],
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
    Software(
        "Passport, with sessions in memory",
        "The routes of its guide. Debian packages no express-session: that the store is in memory and that a sign-out "
        "destroys what was in it are what Passport asks of a session; the cookie is that of `cookies`, with its "
        "defaults.",
        ("passport_sample.cjs", "memory"),
        ("express", "passport", "cookies"),
        PASSPORT,
    ),
    Software(
        "Passport, with sessions in a cookie",
        "The same, with the session whole in a signed cookie, as cookie-session keeps it: the sample's choice.",
        ("passport_sample.cjs", "cookie"),
        ("express", "passport", "cookies"),
        PASSPORT,
    ),
    Software(
        "django-oauth-toolkit, signed out by revocation",
        "The package's defaults with the password grant; sign-out is its revocation endpoint with the refresh token. "
        "The view that is audited is the sample's.",
        ("django_project", "oauth-toolkit"),
        ("Django", "django-oauth-toolkit"),
        TOOLKIT,
    ),
    Software(
        "django-oauth-toolkit, signed out at the provider",
        "The same with `OIDC_ENABLED` and `OIDC_RP_INITIATED_LOGOUT_ENABLED`: a person with a session at the provider "
        "(Django's own) and tokens of an application signs out at `/o/logout/`.",
        ("django_project", "oauth-logout"),
        ("Django", "django-oauth-toolkit"),
        TOOLKIT
        | {
            "sign-in": [*_django_form("/admin/login/", **CREDENTIALS), *TOOLKIT["sign-in"]],
            "sign-out": [{"form": "/o/logout/", "button": "allow"}],
            "protected": [{"path": "/api/me/", "shows": "ada"}, "/o/applications/"],
        },
    ),
    Software(
        "Authlib's authorization server",
        "Its parts for Flask and SQLAlchemy, put together as in its example server, with the password grant; sign-out "
        "is its revocation endpoint with the refresh token. The view that is audited is the sample's.",
        ("authlib_sample",),
        ("Authlib", "Flask", "SQLAlchemy"),
        _oauth("/oauth/token", "/oauth/revoke", scope={"scope": "profile"}, rotating=False),
    ),
    Software(
        "Authlib's authorization server, rotating",
        "The same with `INCLUDE_NEW_REFRESH_TOKEN`, which is off by default.",
        ("authlib_sample", "rotating"),
        ("Authlib", "Flask", "SQLAlchemy"),
        _oauth("/oauth/token", "/oauth/revoke", scope={"scope": "profile"}),
    ),
    Software(
        "Wagtail's admin",
        "The settings that `wagtail start` writes, with `DEBUG = False`. All else is the framework's default.",
        ("wagtail_site",),
        ("wagtail", "Django"),
        {
            "sign-in": _django_form("/admin/login/", **CREDENTIALS),
            "sign-out": [
                {"get": "/admin/account/", "pick": {"csrf": {"hidden": "csrfmiddlewaretoken"}}},
                {"post": "/admin/logout/", "fields": {"csrfmiddlewaretoken": "{{csrf}}"}},
            ],
            "protected": ["/admin/", "/admin/account/", "/admin/users/"],
        },
    ),
    Software(
        "Jupyter Server",
        "With a password, and nothing else configured.",
        ("jupyter_server_sample",),
        ("jupyter_server", "tornado"),
        {
            "sign-in": [{"form": "/login", "fill": {"password": "{{password}}"}}],
            "sign-out": [{"get": "/logout"}],
            "protected": ["/api/contents", "/api/sessions", "/api/kernelspecs"],
        },
    ),
    Software(
        "DokuWiki",
        "Debian's package by PHP's own server, with a wiki that only those may read who have signed in. All else is "
        "the package's default.",
        ("dokuwiki_site",),
        ("DokuWiki", "PHP"),
        {
            "sign-in": [{"form": "/doku.php?id=start&do=login", "fill": {"u": "{{user}}", "p": "{{password}}"}}],
            "sign-out": [
                {"get": "/doku.php?id=start", "pick": {"token": {"hidden": "sectok"}}},
                {"get": "/doku.php?id=start&do=logout&sectok={{token}}"},
            ],
            "protected": [
                {"path": "/doku.php?id=start", "shows": "punched cards"},
                {"path": "/doku.php?id=letters", "shows": "Letters from"},
                {"path": "/doku.php?id=start&do=export_raw", "shows": "punched cards"},
            ],
        },
    ),
]
