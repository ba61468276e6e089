"""The setting `EXEUNT`, read and judged."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from . import limits

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KNOWN = (
    "ENABLED",
    "ISSUER",
    "ENDPOINT",
    "AUDIENCE",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "LEASE_MILLISECONDS",
    "CLOCK_SKEW_SECONDS",
    "SUBJECT",
    "ORIGINS",
    "SECURE_COOKIES",
    "SIGNED_OUT_URL",
    "WSGI_STREAMS",
)


class Problem(NamedTuple):
    """Something in the settings that cannot be meant."""

    number: int
    what: str
    hint: str


@dataclass(frozen=True)
class Configuration:
    """What the setting `EXEUNT` says, with what is usual where it says nothing."""

    is_enabled: bool
    """Without it Django's own sessions are all there is, and a sign-out ends nothing at the authority."""
    issuer: str
    """The authority's name in its tokens (`iss`)."""
    endpoint: str
    """Where the authority is reached."""
    audience: str
    """Whom the tokens must be meant for (`aud`)."""
    client_id: str
    client_secret: str = field(repr=False)
    lease_milliseconds: int | None
    """How long a lease to ask for; the authority's usual, if none."""
    clock_skew_seconds: float
    """The allowed difference between this machine's clock and the authority's."""
    subject_of: Callable[[Any], str]
    """What the authority calls a user."""
    origins: frozenset[str]
    """Where browsers find the application, if not where they say that they asked."""
    has_secure_cookies: bool
    """Whether the cookies are for https alone, and have the prefix `__Host-`."""
    signed_out_url: str
    """Where to go after a sign-out that does not say."""
    wsgi_streams: int
    """How many streams a WSGI process holds open, each with a worker's thread."""


def subject_of(user: Any) -> str:
    """What the authority calls a user: the primary key, unless `EXEUNT["SUBJECT"]` says otherwise."""
    return str(user.pk)


def problems(raw: Any) -> Iterator[Problem]:
    """All that cannot be meant in a value of `EXEUNT`."""
    if not isinstance(raw, Mapping):
        yield Problem(1, "The setting EXEUNT is missing, or not a dict.", "See “Settings” in the README.")
        return
    for name in raw:
        if name not in _KNOWN:
            yield Problem(2, f"EXEUNT has an unknown entry {name!r}.", f"It knows {', '.join(_KNOWN)}.")
    if raw.get("ENABLED", True) is not True:
        return
    yield from _address_problems(raw)
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        if not isinstance(raw.get(name), str) or not raw[name]:
            hint = (
                "`exeunt clients add NAME --scope feed --scope sessions` prints both. Read them from the environment."
            )
            yield Problem(5, f"EXEUNT[{name!r}] is missing.", hint)
    for name, low, high in (
        ("LEASE_MILLISECONDS", limits.SHORTEST_LEASE_MILLISECONDS, limits.LONGEST_LEASE_MILLISECONDS),
        ("CLOCK_SKEW_SECONDS", 0, limits.CLOCK_SKEW_SECONDS),
        ("WSGI_STREAMS", 0, limits.WATCHERS),
    ):
        number = raw.get(name)
        is_number = isinstance(number, (int, float) if name == "CLOCK_SKEW_SECONDS" else int)
        if number is not None and (not is_number or isinstance(number, bool) or not low <= number <= high):
            yield Problem(6, f"EXEUNT[{name!r}] is {number!r}.", f"It is a number from {low} to {high}.")
    yield from _other_problems(raw)


def _address_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    issuer, endpoint = raw.get("ISSUER"), raw.get("ENDPOINT")
    hint = (
        "It is what the authority calls itself, such as https://accounts.example.com: https, or http on this machine."
    )
    url = _url(issuer)
    if url is None:
        yield Problem(3, "EXEUNT['ISSUER'] is missing, or not an address.", hint)
    elif url.scheme != "https" and url.hostname not in _LOOPBACK:
        yield Problem(4, f"EXEUNT['ISSUER'] is {issuer!r}, which is not safe from others on the network.", hint)
    if endpoint is not None and _url(endpoint) is None:
        hint = "It is an http or https address without a query. Leave it out if the issuer's is right."
        yield Problem(3, "EXEUNT['ENDPOINT'] is not an address.", hint)


def _other_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        if raw.get("SUBJECT") is not None and not callable(import_string(raw["SUBJECT"])):
            raise ImportError("it cannot be called")
    except (ImportError, TypeError, AttributeError) as error:
        hint = "It is the dotted path of a function that takes a user and gives a text."
        yield Problem(7, f"EXEUNT['SUBJECT'] cannot be used: {error}.", hint)
    origins = raw.get("ORIGINS", ())
    if not isinstance(origins, (list, tuple, set, frozenset)) or not all(_is_origin(origin) for origin in origins):
        hint = "It is a list such as ['https://shop.example.com'], without a path."
        yield Problem(8, "EXEUNT['ORIGINS'] is not a list of origins.", hint)
    if not isinstance(raw.get("SECURE_COOKIES", True), bool):
        yield Problem(
            9,
            "EXEUNT['SECURE_COOKIES'] is neither True nor False.",
            "Leave it out: True is the usual outside of DEBUG.",
        )
    if not is_own_path(raw.get("SIGNED_OUT_URL", "/")):
        yield Problem(10, "EXEUNT['SIGNED_OUT_URL'] is no path of this site.", "It begins with one slash.")


def is_own_path(value: Any) -> bool:
    """Whether a text is a path on the very host that it is given to, to which a browser may be sent."""
    if not isinstance(value, str) or not 0 < len(value) <= limits.RETURN_TO_CHARACTERS or "\\" in value:
        return False
    return value[0] == "/" and value[1:2] != "/" and all(" " < character != "\x7f" for character in value)


def _url(value: Any) -> SplitResult | None:
    try:
        url = urlsplit(value) if isinstance(value, str) else None
        if url is None or not url.hostname or url.port == 0:
            return None
    except ValueError:
        return None
    is_plain = not url.query and not url.fragment and "@" not in url.netloc
    return url if is_plain and url.scheme in ("http", "https") else None


def _is_origin(value: Any) -> bool:
    url = _url(value)
    return url is not None and value == f"{url.scheme}://{url.netloc}"


@functools.lru_cache(maxsize=1)
def configuration() -> Configuration:
    """What the setting `EXEUNT` says. Raises `ImproperlyConfigured`."""
    raw = getattr(settings, "EXEUNT", None)
    found = next(problems(raw), None)
    if found is not None or raw is None:
        raise ImproperlyConfigured(f"{found.what} {found.hint}" if found else "The setting EXEUNT is missing.")
    is_enabled = raw.get("ENABLED", True)
    issuer = raw.get("ISSUER") or ""
    return Configuration(
        is_enabled=is_enabled,
        issuer=issuer,
        endpoint=raw.get("ENDPOINT") or issuer,
        audience=raw.get("AUDIENCE") or issuer,
        client_id=raw.get("CLIENT_ID") or "",
        client_secret=raw.get("CLIENT_SECRET") or "",
        lease_milliseconds=raw.get("LEASE_MILLISECONDS"),
        clock_skew_seconds=raw.get("CLOCK_SKEW_SECONDS", 5),
        subject_of=import_string(raw["SUBJECT"]) if raw.get("SUBJECT") else subject_of,
        origins=frozenset(raw.get("ORIGINS", ())),
        has_secure_cookies=raw.get("SECURE_COOKIES", not settings.DEBUG),
        signed_out_url=raw.get("SIGNED_OUT_URL", "/"),
        wsgi_streams=raw.get("WSGI_STREAMS", 0),
    )


def _forget(*, setting: str, **_: Any) -> None:
    if setting in ("EXEUNT", "DEBUG"):
        configuration.cache_clear()


setting_changed.connect(_forget, dispatch_uid="exeunt.conf")
