"""Return parameters that lead to other people's sites."""

from __future__ import annotations

from ..browser_sessions import Session
from ..web import Request, Response, redirect
from ..website import Website


class SignInLeadsAnywhere(Website):
    """Sign-in leads wherever the parameter says.

    It is set by our own redirect, so it is believed to be ours.
    """

    found_by = ("open-redirect-sign-in",)

    def signed_in(self, session: Session, request: Request) -> Response:
        """Where the parameter says."""
        return redirect(request.form.get("next") or "/home")


class SignInLeadsToTwoSlashes(Website):
    """Sign-in leads to whatever begins with a slash, and `//evil.example` does.

    A path begins with a slash.
    """

    found_by = ("open-redirect-sign-in",)

    def signed_in(self, session: Session, request: Request) -> Response:
        """Where the parameter says if it looks like a path."""
        destination = request.form.get("next", "")
        return redirect(destination if destination.startswith("/") else "/home")


class SignInLeadsToItsNamesake(Website):
    """Sign-in leads to whatever begins with our address, and `http://our.address@evil.example` does.

    The address was compared without the slash that ends it.
    """

    found_by = ("open-redirect-sign-in",)

    def signed_in(self, session: Session, request: Request) -> Response:
        """Where the parameter says if it begins as we do."""
        destination = request.form.get("next", "")
        return redirect(destination if destination.startswith(request.origin) else self.safe(destination, "/home"))


class SignOutLeadsAnywhere(Website):
    """Sign-out leads wherever the parameter says.

    Partners wanted their visitors back.
    """

    found_by = ("open-redirect-sign-out",)

    def after_logout(self, request: Request) -> Response:
        """Where the parameter says, be it in the address or in the form."""
        return redirect(request.query.get("next") or request.form.get("next") or "/signed-out")


class SignOutLeadsToABackslash(Website):
    """Sign-out leads to paths, among which it counts `/\\evil.example`, which browsers read as `//evil.example`.

    Two slashes are looked for, and found only if they are slashes.
    """

    found_by = ("open-redirect-sign-out",)

    def after_logout(self, request: Request) -> Response:
        """Where the parameter says if it looks like a path."""
        destination = request.query.get("next") or request.form.get("next", "")
        is_path = destination.startswith("/") and not destination.startswith("//")
        return redirect(destination if is_path else "/signed-out")
