"""Which provider has vouched for whoever signs in, so that its sign-out ends the session here, too."""

from __future__ import annotations

from django.http import HttpRequest


def vouched_for(request: HttpRequest, *, issuer: str, sid: str | None = None, sub: str | None = None) -> None:
    """Says, before `login()`, who has vouched for the person, by the claims `iss`, `sid` and `sub` of the ID token.

    When the provider ends that session, or everything of that subject, and tells the authority so, the session that
    `login()` opens ends with it. A sign-in that comes after its own sign-out is refused.
    """
    named = {"issuer": issuer, "sid": sid, "sub": sub}
    request._exeunt_upstream = {name: value for name, value in named.items() if value is not None}


def upstream_of(request: HttpRequest) -> dict[str, str] | None:
    """Who has vouched for whoever signs in with this request, if that has been said."""
    return getattr(request, "_exeunt_upstream", None)
