"""Wagtail's admin, with the settings that `wagtail start` writes, and `DEBUG = False`.

Run as a program, it prints its port and serves until it is stopped.
"""

from __future__ import annotations

import tempfile

import django
from django.conf import settings

FOLDER = tempfile.TemporaryDirectory()

settings.configure(
    SECRET_KEY="django-insecure-" + "k" * 50,
    DEBUG=False,
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=[
        "wagtail.contrib.forms",
        "wagtail.contrib.redirects",
        "wagtail.embeds",
        "wagtail.sites",
        "wagtail.users",
        "wagtail.snippets",
        "wagtail.documents",
        "wagtail.images",
        "wagtail.search",
        "wagtail.admin",
        "wagtail",
        "modelcluster",
        "taggit",
        "django_filters",
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    ],
    ROOT_URLCONF=__name__,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.debug",
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{FOLDER.name}/db.sqlite3"}},
    STATIC_URL="/static/",
    MEDIA_ROOT=FOLDER.name,
    MEDIA_URL="/media/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    WAGTAIL_SITE_NAME="site",
    WAGTAILADMIN_BASE_URL="http://127.0.0.1",
    LOGGING_CONFIG=None,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

from .serve import PASSWORD, USER, serve  # noqa: E402

urlpatterns = [
    path("admin/", include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("", include("wagtail.urls")),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    User.objects.create_superuser(USER, f"{USER}@example.org", PASSWORD)
    serve(get_wsgi_application())
