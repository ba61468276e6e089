"""Cookies with the wrong attributes, deletions that delete nothing, and what caches may keep."""

from __future__ import annotations

from ..browser_sessions import Session
from ..web import Cookie, Request, Response
from ..website import Website


class ScriptsSeeTheCookie(Website):
    """The session cookie lacks HttpOnly.

    A script reads it to know whether somebody is signed in.
    """

    found_by = ("cookie-httponly",)
    session_cookie = Cookie("__Host-session", http_only=False)


class CookieWithoutSecure(Website):
    """The session cookie lacks Secure, and so cannot have a prefix.

    With Secure, sign-in did not work on a colleague's machine that has no TLS.
    """

    warned_by = ("cookie-prefix", "cookie-secure")
    session_cookie = Cookie("session", secure=False)


class CookieWithoutSameSite(Website):
    """The session cookie says nothing of SameSite, and each browser decides for itself.

    Chromium's default is believed to be everybody's.
    """

    found_by = ("cookie-samesite",)
    session_cookie = Cookie("__Host-session", same_site="")


class CookieWithoutPrefix(Website):
    """The session cookie's name has no prefix, so that a sibling host or an insecure answer may overwrite it.

    `sessionid` is what the framework calls it.
    """

    warned_by = ("cookie-prefix",)
    session_cookie = Cookie("sessionid")


class CookieForTheDomain(Website):
    """The session cookie names its domain, and is sent to all hosts below it as well.

    Naming it looks stricter than leaving it out, and is the opposite.
    """

    warned_by = ("cookie-domain",)
    session_cookie = Cookie("__Secure-session", domain="127.0.0.1")


class CookieTooLarge(Website):
    """The session cookie is larger than browsers must keep.

    It carries the person's roles, and somebody has many.
    """

    found_by = ("cookie-size",)

    def new_token(self) -> str:
        """A token with all that somebody may do."""
        return super().new_token() + "r" * 4200


class DeletedAtAnotherPath(Website):
    """The cookie is set for `/`, and deleted for the path of the sign-out alone: it stays.

    The deletion leaves the path out, and the browser takes that of the request.
    """

    found_by = ("cookie-deletion",)
    session_cookie = Cookie("__Secure-session")

    def deletions(self, request: Request) -> list[str]:
        """Deletes the session's cookie under a path where there is none."""
        stale = Cookie(self.session_cookie.name, path="/logout")
        return [stale.delete(), self.remember_cookie.delete()]


class DeletedAtAnotherDomain(Website):
    """The cookie is set without a domain, and deleted with one: that is another cookie.

    The settings of the domain are read at sign-out alone.
    """

    found_by = ("cookie-deletion",)
    session_cookie = Cookie("__Secure-session")

    def deletions(self, request: Request) -> list[str]:
        """Deletes the session's cookie of a domain where there is none."""
        stale = Cookie(self.session_cookie.name, domain="example.org")
        return [stale.delete(), self.remember_cookie.delete()]


class DeletedWithoutSecure(Website):
    """A `__Host-` cookie is deleted without Secure, which browsers refuse as they refuse to set it.

    Who deletes a cookie thinks of its name.
    """

    found_by = ("cookie-deletion",)

    def deletions(self, request: Request) -> list[str]:
        """Deletes the session's cookie with too few attributes."""
        return [Cookie(self.session_cookie.name, secure=False).delete(), self.remember_cookie.delete()]


class CookieIsKept(Website):
    """Sign-out ends the session and leaves the cookie where it is.

    The session is over, after all; the browser goes on to send its name to whoever listens.
    """

    warned_by = ("cookie-deletion",)

    def deletions(self, request: Request) -> list[str]:
        """Deletes the remember-me cookie alone."""
        return [self.remember_cookie.delete()]


class ClearSiteDataUnquoted(Website):
    """Clear-Site-Data without quotation marks is ignored by all browsers.

    No other header has its words in quotation marks.
    """

    found_by = ("clear-site-data",)

    def after_logout(self, request: Request) -> Response:
        """Asks the browser for something in a language that it does not speak."""
        return super().after_logout(request).with_header("Clear-Site-Data", "cache, cookies, storage")


class ClearSiteDataEatsItsOwn(Website):
    """Clear-Site-Data deletes the cookie that the same answer sets.

    The message “You are signed out” is carried to the next page in a cookie, and never arrives.
    """

    warned_by = ("clear-site-data",)

    def after_logout(self, request: Request) -> Response:
        """Sets a message, and has it deleted."""
        message = Cookie("__Host-message").set("signed-out")
        return super().after_logout(request).with_header("Clear-Site-Data", '"cookies"').with_cookies(message)


class PagesAreKept(Website):
    """Private pages may be kept by the browser, and Back shows them.

    They are said to be private, which keeps proxies away and nobody else.
    """

    found_by = ("cache-control", "browser-back")
    cache_control = "private, max-age=60"


class PagesAreAskedForAgain(Website):
    """Private pages may be kept if they are asked for again, and Back does not ask.

    `no-cache` sounds like what `no-store` means.
    """

    found_by = ("cache-control", "browser-back")
    cache_control = "no-cache"


class DownloadIsKept(Website):
    """Pages are not kept, but the file is.

    The header is in the template's base, and a file has no template.
    """

    found_by = ("cache-control",)

    def download(self, request: Request) -> Response:
        """A private file that stays in the cache."""
        return super().download(request).without_header("Cache-Control")


class TokenInAddress(Website):
    """The link to the file carries the session's token.

    The program that fetches it knows nothing of cookies. The address is in histories, logs and Referer.
    """

    found_by = ("token-in-url",)

    def home_page(self, session: Session) -> Response:
        """What somebody sees first, with a link that opens the session."""
        page = super().home_page(session)
        page.body += f'<a href="/letters.csv?session={session.token}">For your spreadsheet</a>'.encode()
        return page


class TokenInRedirect(Website):
    """Sign-in leads to an address that carries the session's token.

    It is for browsers without cookies, and left from a time when there were some.
    """

    found_by = ("token-in-url",)

    def signed_in(self, session: Session, request: Request) -> Response:
        """Where sign-in leads, with the key under the mat."""
        answer = super().signed_in(session, request)
        location = dict(answer.headers)["Location"]
        return answer.without_header("Location").with_header("Location", f"{location}?sid={session.token}")


class TokenInPage(Website):
    """A script in the page is told the session's token, which HttpOnly was to keep from it.

    It sends it in a header of its own to a service that knows nothing of cookies.
    """

    found_by = ("token-in-answer",)

    def home_page(self, session: Session) -> Response:
        """What somebody sees first, with the token in the source."""
        page = super().home_page(session)
        page.body += f"<script>window.config = {{ token: '{session.token}' }};</script>".encode()
        return page
