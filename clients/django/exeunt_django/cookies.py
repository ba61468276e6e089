"""The cookies in which an application keeps a session's tokens in the browser.

A cookie is deleted only by one of the same name, path and attributes (RFC 6265bis §5.7), so both are made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .authority.sessions import Scope, SessionTokens
from .tokens.base64url import is_identifier

_LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"


@dataclass(frozen=True)
class SigningOut:
    """The wish of a browser that signed out while it was offline."""

    scope: Scope
    session_id: str


@dataclass(frozen=True)
class BrowserCookies:
    """The cookies of one application.

    Over TLS they are `Secure` and have the prefix `__Host-`, so that no other host can plant or replace them, a sibling
    subdomain neither (RFC 6265bis §4.1.3.2). Without TLS they have neither, which is for a loopback host alone.
    """

    is_secure: bool

    # Reading

    def access_token(self, request: HttpRequest) -> str | None:
        """The access token that a request brings."""
        return self._only("access", request)

    def refresh_token(self, request: HttpRequest) -> str | None:
        """The refresh token that a request brings."""
        return self._only("refresh", request)

    def is_signing_out(self, request: HttpRequest) -> bool:
        """Whether a request brings a wish to sign out, of whatever form."""
        return self._name("signing-out") in request.COOKIES

    def signing_out(self, request: HttpRequest) -> SigningOut | None:
        """The wish to sign out that a request brings: `<scope>.<session id>`, which the page's script has written."""
        scope, _, session_id = (self._only("signing-out", request) or "").partition(".")
        return SigningOut(scope, session_id) if is_scope(scope) and is_identifier(session_id) else None

    def _only(self, name: str, request: HttpRequest) -> str | None:
        """The value of the cookie of a name.

        Two different ones are one too many: there is no telling which is the browser's own, so none counts.
        """
        begin = self._name(name) + "="
        pairs = (pair.strip(" \t") for pair in request.META.get("HTTP_COOKIE", "").split(";"))
        found = {pair[len(begin) :] for pair in pairs if pair.startswith(begin)}
        return (found.pop() or None) if len(found) == 1 else None

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.is_secure else name

    # Writing

    def set(self, tokens: SessionTokens, response: HttpResponseBase) -> None:
        """Puts a session's tokens into the browser that gets this answer.

        They go when the browser is closed; when the session is over is for the authority to say.
        """
        self._write("access", tokens.access_token, response)
        self._write("refresh", tokens.refresh_token, response)

    def delete(self, response: HttpResponseBase) -> None:
        """Takes them out again."""
        self._write("access", "", response)
        self._write("refresh", "", response)

    def delete_signing_out(self, response: HttpResponseBase) -> None:
        """Takes out the wish to sign out."""
        self._write("signing-out", "", response, is_readable=True)

    def _write(self, name: str, value: str, response: HttpResponseBase, *, is_readable: bool = False) -> None:
        """Writes a cookie, and deletes it where there is no value; one that the view has set stays as the view wants
        it.
        """
        name = self._name(name)
        if name in response.cookies:
            return
        response.set_cookie(
            name,
            value,
            max_age=None if value else 0,
            expires=None if value else _LONG_AGO,
            secure=self.is_secure,
            httponly=not is_readable,
            samesite="Lax",
        )
        # Otherwise nothing would be written as a pair of quotation marks.
        response.cookies[name].set(name, value, value)


def is_scope(text: str) -> TypeGuard[Scope]:
    """Whether a text says how far a sign-out goes."""
    return text in ("current", "others", "everywhere")
