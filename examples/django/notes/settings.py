"""Django's settings, as the environment says."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f"{name} is not set; examples/django/run.sh sets all that is needed")
    return value


# Where browsers find it, behind a proxy that speaks TLS; by itself it is plain http, for this machine alone.
_url = os.environ.get("NOTES_URL", "")
_is_secure = _url.startswith("https:")

_lease = os.environ.get("NOTES_LEASE_MILLISECONDS")

# Exeunt

EXEUNT: dict[str, Any] = {
    "ISSUER": _needed("NOTES_AUTHORITY"),
    "ENDPOINT": os.environ.get("NOTES_AUTHORITY_ENDPOINT") or None,
    "CLIENT_ID": _needed("NOTES_CLIENT_ID"),
    "CLIENT_SECRET": _needed("NOTES_CLIENT_SECRET"),
    "LEASE_MILLISECONDS": int(_lease) if _lease else None,
    # The authority calls everybody by their name here. Usually it is the primary key, which never changes.
    "SUBJECT": "notes.users.subject_of",
    "SIGNED_OUT_URL": "/signed-out",
    "ORIGINS": [_url] if _url else [],
    "SECURE_COOKIES": _is_secure,
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "notes",
    "exeunt_django",
]

MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "notes.headers.PageHeaders",
    # What is everybody's comes first: nobody is asked who they are for it.
    "notes.assets.Assets",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "exeunt_django.middleware.ExeuntMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
# Our own views take changes by where they come from (`own_origin`), and the admin has tokens of its own. So there is no
# CsrfViewMiddleware here, whose cookie would stay in the browser after a sign-out.

# The rest is Django's usual.

if _is_secure:
    SESSION_COOKIE_NAME, SESSION_COOKIE_SECURE = "__Host-sessionid", True
    CSRF_COOKIE_NAME, CSRF_COOKIE_SECURE = "__Host-csrftoken", True
    CSRF_TRUSTED_ORIGINS = [_url]

SECRET_KEY = os.environ.get("NOTES_SECRET_KEY") or secrets.token_urlsafe(32)
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "notes.urls"
ASGI_APPLICATION = "notes.asgi.application"
WSGI_APPLICATION = "notes.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOGIN_URL = "/"
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE.parents[1] / "frontend"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("NOTES_DATABASE") or HERE.parent / "notes.sqlite3",
        "OPTIONS": {"timeout": 20},
    }
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"exeunt": {"handlers": ["console"], "level": "INFO"}},
}
