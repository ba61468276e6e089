"""The CSRF secret of whoever was here: it goes with their session, as it does when somebody signs in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import rotate_token


def renew_csrf_secret(request: HttpRequest) -> None:
    """Gives the browser another secret, if it has one, so that the next person has nothing of the one before.

    To be called before a page is made, because the forms of a page hold what belongs to the secret.
    """
    if not settings.CSRF_USE_SESSIONS and settings.CSRF_COOKIE_NAME in request.COOKIES:
        rotate_token(request)
