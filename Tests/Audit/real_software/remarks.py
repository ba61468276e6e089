"""Of each finding in other people's software, whose decision it is and what one does about it."""

from __future__ import annotations

INSECURE = (
    "Framework default: `SESSION_COOKIE_SECURE` is off, so that a project starts without TLS; the deployment checklist "
    "asks for it."
)
DJANGO_NAME = "Framework default; `SESSION_COOKIE_NAME = '__Host-sessionid'` works once the cookie is Secure."

STATELESS = (
    "By design: access tokens are checked without asking anybody, for five minutes by default. The package's "
    "`CHECK_REVOKE_TOKEN` covers changes of the password, not sign-out. Keep them short, or look them up."
)
BLACKLIST_ANSWER = (
    "Package default: `TokenBlacklistView` answers 401 to a token that is on its list already. "
    "A client should take that as signed out."
)
TOKENS_MAY_BE_KEPT = (
    "Package default: the views set no `Cache-Control`. A `POST` is rarely cached; a middleware can say so."
)

REMARKS: dict[tuple[str, ...], dict[str, str]] = {
    ("django_project", "admin"): {"cookie-secure": INSECURE, "cookie-prefix": DJANGO_NAME},
    ("django_project", "admin-secure"): {"cookie-prefix": DJANGO_NAME},
    ("django_project", "allauth"): {
        "cookie-secure": INSECURE,
        "cookie-prefix": DJANGO_NAME,
        "cache-control": "Package default: the page of e-mail addresses sets no `Cache-Control`. Django's admin does "
        "on all of its pages; `never_cache`, or a middleware, does it here.",
    },
    ("django_project", "simplejwt"): {
        "access-token-after-logout": STATELESS,
        "refresh-rotation": "Package default: `ROTATE_REFRESH_TOKENS` is off; `BLACKLIST_AFTER_ROTATION` goes with it.",
        "logout-twice": BLACKLIST_ANSWER,
        "logout-without-session": BLACKLIST_ANSWER,
        "cache-control": "Sample's choice, in that the view says nothing, and neither does the framework unless asked.",
        "token-answer-cache": TOKENS_MAY_BE_KEPT,
    },
    ("django_project", "simplejwt-rotating"): {
        "access-token-after-logout": STATELESS,
        "refresh-reuse-consequence": "Package's choice: a token that comes twice is refused, and there is no family of "
        "tokens that it could end.",
        "refresh-race": "Package's choice, and the same cause: the list holds single tokens, so that what a refresh "
        "beside the sign-out hands out is not on it.",
        "logout-twice": BLACKLIST_ANSWER,
        "logout-without-session": BLACKLIST_ANSWER,
        "cache-control": "Sample's choice, in that the view says nothing, and neither does the framework unless asked.",
        "token-answer-cache": TOKENS_MAY_BE_KEPT,
    },
    ("flask_login_sample",): {
        "session-cookie-replay": "Framework default: Flask's session is a signed cookie, which the server cannot take "
        "back. Keep the session at the server, or in the user's row a number that `load_user` compares and sign-out "
        "changes.",
        "remember-me-alone": "Package default: the remember-me cookie is a signature of the user's id. With "
        "`UserMixin.get_id` returning something that changes at sign-out, it ends.",
        "logout-by-get": "Sample's choice, as in the documentation. A route with `methods=['POST']` is as short.",
        "cookie-secure": "Framework default: `SESSION_COOKIE_SECURE` and `REMEMBER_COOKIE_SECURE` are off.",
        "cookie-samesite": "Framework default: `SESSION_COOKIE_SAMESITE` and `REMEMBER_COOKIE_SAMESITE` are unset.",
        "cookie-prefix": "Framework default; `SESSION_COOKIE_NAME` can be set.",
        "cache-control": "Framework default: no `Cache-Control` on pages; an `after_request` is three lines.",
    },
}
"""By what was run, and by the probe."""
