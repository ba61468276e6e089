"""All applications that are held out."""

from __future__ import annotations

from typing import Any

from ..case import Case
from . import bookshop, tickets
from .bookshop import Flaws
from .running import Tour, case
from .tickets import Desk

SIMPLE: Tour = {key: bookshop.TOUR[key] for key in ("sign-in", "sign-out", "protected")}
ALONE: Tour = {key: bookshop.TOUR[key] for key in bookshop.TOUR if key != "others"}


def _shop(
    name: str, says: str, *fails: str, warns: tuple[str, ...] = (), tour: Tour = bookshop.TOUR, **flaws: Any
) -> Case:
    return case(name, lambda: bookshop.bookshop(Flaws(**flaws)), tour, says, fails, warns)


def _desk(rules: type[Desk], says: str, *fails: str, name: str = "") -> Case:
    return case(name or rules.__name__, lambda: tickets.desk(rules), tickets.TOUR, says, fails)


CASES = [
    _shop("Bookshop", "Right: rows in SQLite, named by a signed cookie."),
    _shop("WholeInCookie", "The session is a signed cookie.", "session-cookie-replay", tour=SIMPLE, client_side=True),
    _shop("CachedVisits", "Sessions are cached for ever.", "session-cookie-replay", tour=ALONE, cached_lookups=True),
    _shop("NewestEnds", "Sign-out ends the newest session.", "session-cookie-replay", ends_only_newest=True),
    _shop("LinkToBye", "A link signs out.", "logout-by-get", link_signs_out=True),
    _shop(
        "TokenMayLack",
        "A form without a token passes.",
        "cross-site-post",
        warns=("cookie-samesite",),
        missing_token_passes=True,
        cross_site_cookie=True,
    ),
    _shop("SignedKeeper", "Remember-me is a signature.", "remember-me-alone", tour=ALONE, keeper_is_a_signature=True),
    _shop("PathOfShop", "Deleted at another path.", "cookie-deletion", cookie_path="/account"),
    _shop(
        "ManySlashes",
        "Four slashes lead away.",
        "open-redirect-sign-in",
        naive_return=True,
    ),
    _shop("ExportIsKept", "Caches keep the export.", "cache-control", only_pages_are_private=True),
    _shop("TalksOfSignatures", "A bad signature is explained.", "error-detail", talkative=True),
    _shop("WidgetKnows", "A script's address holds the session.", "token-in-url", address_carries_visit=True),
    _shop("SameVisit", "The session of before becomes the session.", "session-fixation", visit_is_reused=True),
    _shop("LiveForEver", "A stream never asks again.", "event-stream-after-logout", stream_never_asks=True),
    _desk(Desk, "Right: families of tokens, each of which can be revoked.", name="HelpDesk"),
    _desk(tickets.KeysOnly, "Tokens live on.", "access-token-after-logout"),
    _desk(tickets.TokensOnly, "Renewal keys live on.", "refresh-after-logout"),
    _desk(tickets.ForgetfulList, "Revoked tokens come to life again.", "access-token-after-logout"),
    _desk(tickets.EternalGrace, "Renewal keys may come twice.", "refresh-reuse"),
    _desk(tickets.Shrugging, "A stolen key has no consequence.", "refresh-reuse-consequence"),
    _desk(tickets.CapitalNone, "`None` is no signature.", "jwt-none"),
    _desk(tickets.VersionForTokensOnly, "Renewal keys survive “everywhere”.", "everywhere"),
    _desk(tickets.Stumbling, "Twice is a mistake.", "logout-twice", "logout-with-garbage", "logout-without-session"),
    _desk(tickets.SlowRenewal, "A renewal outlives the log-out beside it.", "refresh-race"),
]
