"""Sign-outs that somebody else can cause."""

from __future__ import annotations

from typing import Any

from ..browser_sessions import Session
from ..correct import Embedded, EmbeddedHybrid
from ..web import Request, Response, html, route
from ..website import Website


class SignOutByGet(Website):
    """A `GET` signs out.

    A link is easier to style than a form. An image in a letter, or a browser that fetches ahead, signs people out.
    """

    found_by = ("logout-by-get",)

    @route("GET", "/logout")
    def logout_by_link(self, request: Request) -> Response:
        """Signs out."""
        self.sign_out(request, self.session_of(request))
        return self.after_logout(request).with_cookies(*self.deletions(request))


class SignOutByHead(Website):
    """A `HEAD` signs out.

    The route takes every method but `GET`, which has a page that asks whether one is sure.
    """

    found_by = ("logout-by-head",)

    @route("GET", "/logout")
    def ask(self, request: Request) -> Response:
        """Asks whether one is sure."""
        return self.private(request, lambda session: html("Sign out?", self.form(session, "/logout", "Yes")))

    @route("HEAD", "/logout")
    def logout_by_head(self, request: Request) -> Response:
        """Signs out."""
        self.sign_out(request, self.session_of(request))
        return self.after_logout(request).with_cookies(*self.deletions(request))


class SignOutByOwnGet(Website):
    """A `GET` signs out when the browser says that a page of this site has caused it.

    That keeps other sites away, but not a link in what another user of this site wrote, nor a prefetch of it.
    """

    found_by = ("logout-by-get",)

    @route("GET", "/logout")
    def logout_by_own_link(self, request: Request) -> Response:
        """Signs out when asked from one of our pages."""
        if request.header("sec-fetch-site") != "same-origin":
            return self.refuse_forgery()
        self.sign_out(request, self.session_of(request))
        return self.after_logout(request).with_cookies(*self.deletions(request))


class SignOutBehindThePage(Website):
    """A `GET` asks whether one is sure when the browser wants a page, and signs out when it wants anything else.

    It is meant for scripts; an image is no page either, nor is what the browser fetches ahead.
    """

    found_by = ("logout-by-image", "logout-by-prefetch")

    @route("GET", "/logout")
    def ask(self, request: Request) -> Response:
        """Asks whether one is sure, or does not ask."""
        if request.header("sec-fetch-mode") in ("", "navigate"):
            return self.private(request, lambda session: html("Sign out?", self.form(session, "/logout", "Yes")))
        self.sign_out(request, self.session_of(request))
        return self.after_logout(request).with_cookies(*self.deletions(request))


class NoForgeryCheck(Website):
    """Any `POST` signs out; only SameSite stands in its way, and it lets sibling sites pass.

    `SameSite=Lax` is the default of browsers, so forgery is believed to be solved.
    """

    found_by = ("sibling-site-post",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Believes everybody."""
        return False


class SiblingIsTrusted(Website):
    """A `POST` from another host of the same site signs out.

    `same-site` sounds like one's own; a sibling may be a customer's page or a forgotten machine.
    """

    found_by = ("sibling-site-post",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Believes all hosts of this site, and asks others for their token."""
        return request.header("sec-fetch-site") != "same-site" and super().is_forged(request, session)


class AnonymousPostIsTrusted(Website):
    """Without Origin, Referer and Sec-Fetch-Site, a `POST` signs out without any token.

    Old browsers and proxies leave them out, and support does not want their letters.
    """

    warned_by = ("post-without-origin",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Believes those who say nothing."""
        return any(map(request.header, ("origin", "referer", "sec-fetch-site"))) and super().is_forged(request, session)


class CrossSitePost(Embedded):
    """A cookie for embedding is sent with every site's forms, and nothing else is asked.

    `SameSite=None` was what made the frame work.
    """

    found_by = ("cross-site-post",)
    warned_by = ("cookie-samesite",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Believes everybody."""
        return False


class NullOriginIsTrusted(Embedded):
    """An Origin of `null` passes the check.

    It looks like “no origin”; a sandboxed frame on any site sends it.
    """

    found_by = ("cross-site-post-null-origin",)
    warned_by = ("cookie-samesite",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Believes its own pages, and those that have no name."""
        return request.header("origin") not in (request.origin, "null")


class OriginIsNotRead(Embedded):
    """Only Sec-Fetch-Site is checked, and what lacks it passes, be its Origin foreign.

    The header is everywhere now, except in the browsers that do not send it.
    """

    found_by = ("cross-site-post-origin-only",)
    warned_by = ("cookie-samesite",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Disbelieves those who admit to be another site."""
        return request.header("sec-fetch-site") not in ("", "same-origin", "none")


class FetchSiteIsNotRead(Embedded):
    """Only Origin is checked, and what lacks it passes, whatever Sec-Fetch-Site says.

    The check was copied from before there was such a header.
    """

    found_by = ("cross-site-post-fetch-only",)
    warned_by = ("cookie-samesite",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Disbelieves those who admit to be another site."""
        return request.header("origin") not in ("", request.origin)


class TextIsReadAsJson(EmbeddedHybrid):
    """JSON is taken for JSON whatever type it is said to have, so that a form of another site can send it.

    The API is believed to be safe because browsers ask before they send JSON to other sites. For `text/plain` they do
    not ask.
    """

    found_by = ("cross-site-text-plain",)
    warned_by = ("cookie-samesite",)

    def is_forged(self, request: Request, session: Session) -> bool:
        """Believes all that is JSON."""
        return not request.body.startswith(b"{")


class SignOutTakesAnyMethod(Website):
    """Sign-out does not look at the method at all: a link signs out.

    The framework's router matches paths alone unless told otherwise.
    """

    found_by = ("logout-by-get",)

    def tour(self) -> dict[str, Any]:
        """Signs out as the page does: with a link."""
        return super().tour() | {"sign-out": [{"get": "/logout"}]}

    @route("GET", "/logout")
    def logout(self, request: Request) -> Response:
        """Signs out."""
        self.sign_out(request, self.session_of(request))
        return self.after_logout(request).with_cookies(*self.deletions(request))
