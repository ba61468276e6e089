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

TOOLKIT_FAMILY = (
    "Package default: a refresh token that comes twice is refused, and those that came of it stay; "
    "`REFRESH_TOKEN_REUSE_PROTECTION` ends the family."
)
SAMPLE_S_VIEW = "Sample's choice, in that the view says nothing, and neither does the framework unless asked."
AUTHLIB_RACE = (
    "Sample's choice, as in the example server: a refresh makes another row, and the revocation of the old token ends "
    "its own row alone. Keep in each row the session that it belongs to, and revoke by that."
)
COOKIES_DEFAULTS = (
    "Package default: `cookies` sets `Secure` where the connection is TLS, and a `sameSite` only if asked to."
)
EXPRESS_CACHE = "Framework default: Express sets no `Cache-Control`; a middleware is one line."
EXPRESS_FORGERY = (
    "Framework default: neither Express nor Passport looks where a request comes from, and without SameSite the cookie "
    "goes along. Compare `Sec-Fetch-Site` and `Origin`, or set `sameSite`."
)
EXPRESS_NAME = "Sample's choice: the name is free, and `__Host-` works once the cookie is Secure."

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
    ("passport_sample.cjs", "memory"): {
        "cross-site-post": EXPRESS_FORGERY,
        "cookie-secure": COOKIES_DEFAULTS,
        "cookie-samesite": COOKIES_DEFAULTS,
        "cookie-prefix": EXPRESS_NAME,
        "cookie-deletion": "Passport's choice: `req.logout()` begins a new session and leaves the cookies alone; what "
        "they name is gone. `response.clearCookie` tidies up.",
        "cache-control": EXPRESS_CACHE,
    },
    ("passport_sample.cjs", "cookie"): {
        "tokens-differ": "Sample's choice: the session is the user's id, signed, so that it is the same each time. "
        "That is how sessions in cookies are where nobody puts in something of the sign-in.",
        "credentials-together-replay": "Sample's choice, and the same cause: the server keeps nothing that could end. "
        "Passport's `req.logout()` asks for a new session, and with a session in a cookie that is only a new cookie.",
        "cross-site-post": EXPRESS_FORGERY,
        "cookie-secure": COOKIES_DEFAULTS,
        "cookie-samesite": COOKIES_DEFAULTS,
        "cookie-prefix": EXPRESS_NAME,
        "cache-control": EXPRESS_CACHE,
    },
    ("django_project", "oauth-toolkit"): {
        "refresh-reuse-consequence": TOOLKIT_FAMILY,
        "refresh-race": "Package's choice: the revocation ends the token that it is given and its access token; what a "
        "refresh beside it has handed out is another pair. The provider's own logout, below, ends all of the user's.",
        "cache-control": SAMPLE_S_VIEW,
    },
    ("django_project", "oauth-logout"): {
        "refresh-reuse-consequence": TOOLKIT_FAMILY,
        "cookie-secure": INSECURE,
        "cookie-prefix": DJANGO_NAME,
        "cache-control": SAMPLE_S_VIEW,
    },
    ("authlib_sample",): {
        "refresh-rotation": "Package default: `INCLUDE_NEW_REFRESH_TOKEN` is off.",
        "refresh-race": AUTHLIB_RACE,
        "cache-control": SAMPLE_S_VIEW,
    },
    ("authlib_sample", "rotating"): {
        "refresh-reuse-consequence": "Sample's choice, as in the documentation: a spent token is looked up, found to "
        "be revoked, and refused; the rows that came of it are not looked for.",
        "refresh-race": AUTHLIB_RACE,
        "cache-control": SAMPLE_S_VIEW,
    },
    ("wagtail_site",): {
        "logout-by-get": "Framework's mistake, it seems: the sign-out takes POST alone and answers a GET with 405, but "
        "the view deletes the session's cookie on every answer, that one included. The session itself lives on at the "
        "server.",
        "cookie-secure": INSECURE,
        "cookie-prefix": DJANGO_NAME,
    },
    ("jupyter_server_sample",): {
        "session-cookie-replay": "By design: the cookie is a signed name, good for thirty days by default "
        "(`cookie_options`, `get_secure_cookie_kwargs`). A new `cookie_secret` ends all of them.",
        "logout-by-get": "By design: `/logout` is a page.",
        "cookie-secure": "Default: Secure is set where the request came by TLS (`secure_cookie` forces it).",
        "cookie-samesite": "Default: none is set; `cookie_options` can say `{'samesite': 'Lax'}`.",
        "cookie-prefix": "Default; `cookie_name` can be set.",
        "cache-control": "Default: answers of the contents API carry no `no-store`.",
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
    ("dokuwiki_site",): {
        "credentials-together-replay": "By design: a second cookie holds the user's name and password, encrypted with "
        "the session's id, so that whoever has copied both is signed in as long as the password is the same.",
        "logout-by-get": "By design: sign-out is a link. It has a token that no other site knows; a browser that "
        "fetches links ahead does.",
        "cookie-secure": "Default: `securecookie` is on, and asks for TLS.",
        "cookie-samesite": "PHP's default: `session.cookie_samesite` is empty; php.ini can say `Lax`.",
        "cookie-prefix": "By design: the name is fixed.",
        "cookie-deletion": "Default: the second cookie is deleted, and the id of PHP's session, which is empty then, "
        "stays.",
    },
}
"""By what was run, and by the probe."""
