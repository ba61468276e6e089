"""A Django project as `startproject` makes it, with the admin, django-allauth and djangorestframework-simplejwt.

Run as a program, it prints its port and serves until it is stopped. Of the settings below, those that differ from what
`startproject` or the installation guide of a package writes say so. The first argument is what to serve:

admin              Django's admin, nothing added
admin-secure       the same with what `manage.py check --deploy` asks for, as far as that goes without TLS
allauth            accounts by django-allauth
simplejwt          djangorestframework-simplejwt with its blacklist app
simplejwt-rotating the same with ROTATE_REFRESH_TOKENS and BLACKLIST_AFTER_ROTATION
oauth-toolkit      django-oauth-toolkit: tokens by the password grant, signed out by revocation
oauth-logout       the same with OpenID Connect and its RP-initiated logout
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import Any

import django
from django.conf import settings

KIND = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory()

SECURE = {"SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True} if KIND == "admin-secure" else {}
IS_OAUTH = KIND.startswith("oauth-")
ROTATING = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True} if KIND == "simplejwt-rotating" else {}


def rsa_key() -> str:
    """A key for signing, in PEM."""
    command = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


settings.configure(
    SECRET_KEY="django-insecure-" + "k" * 50,
    DEBUG=False,  # As the deployment checklist asks; `startproject` writes True.
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "rest_framework",
        "rest_framework_simplejwt.token_blacklist",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    AUTHENTICATION_BACKENDS=[
        "django.contrib.auth.backends.ModelBackend",
        "allauth.account.auth_backends.AuthenticationBackend",
    ],
    ROOT_URLCONF=__name__,
    TEMPLATES=[
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
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{FOLDER.name}/db.sqlite3"}},
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    ],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "oauth2_provider.contrib.rest_framework.OAuth2Authentication"
            if IS_OAUTH
            else "rest_framework_simplejwt.authentication.JWTAuthentication"
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    },
    SIMPLE_JWT=ROTATING,
    OAUTH2_PROVIDER={"OIDC_ENABLED": True, "OIDC_RP_INITIATED_LOGOUT_ENABLED": True, "OIDC_RSA_PRIVATE_KEY": rsa_key()}
    if KIND == "oauth-logout"
    else {},
    LOGIN_URL="/admin/login/",
    ACCOUNT_RATE_LIMITS=False,  # By default several sign-ins in a row are refused, which would only slow this down.
    ACCOUNT_EMAIL_VERIFICATION="none",
    LOGIN_REDIRECT_URL="/accounts/email/",
    ACCOUNT_LOGOUT_REDIRECT_URL="/accounts/login/",
    STATIC_URL="static/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    **SECURE,
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.models import get_application_model  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.views import TokenBlacklistView, TokenObtainPairView, TokenRefreshView  # noqa: E402

from .serve import PASSWORD, USER, serve  # noqa: E402


class Me(APIView):
    """Who somebody is: the only view that is ours."""

    def get(self, request: Request) -> Response:
        """The name."""
        return Response({"name": request.user.get_username()})


urlpatterns: list[Any] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/token/blacklist/", TokenBlacklistView.as_view()),
    path("api/me/", Me.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("", lambda request: HttpResponse("Hello")),  # Where a sign-out at the provider leads.
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    user = User.objects.create_superuser(USER, f"{USER}@example.org", PASSWORD)
    if IS_OAUTH:
        application = get_application_model()
        application.objects.create(
            user=user,
            client_id="client",
            client_secret="secret",
            client_type=application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=application.GRANT_PASSWORD,
            algorithm=application.RS256_ALGORITHM if KIND == "oauth-logout" else application.NO_ALGORITHM,
        )
    serve(get_wsgi_application())
