"""A cookie jar that keeps to RFC 6265bis to the letter, so that a deletion which browsers ignore is seen to fail.

The public suffix list is left out: nothing here is served from a registrable domain. Time is always a parameter, and a
plain-http origin is never "secure", not even on loopback, which is stricter than some browsers are.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

LONGEST_LIFE = timedelta(days=400)
"""The most that a cookie may live, whatever it asks (section 5.5)."""

LARGEST_PAIR = 4096
LARGEST_ATTRIBUTE = 1024

BEGINNING_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)
END_OF_SESSION = datetime.max.replace(tzinfo=UTC)


class Refused(Exception):
    """The jar ignored a whole Set-Cookie line; the message says by which rule."""


@dataclass(frozen=True)
class Attributes:
    """A Set-Cookie line, taken apart as section 5.6 says, and not yet judged."""

    name: str
    value: str
    expires: datetime | None = None
    max_age: timedelta | None = None
    domain: str | None = None
    path: str | None = None
    secure: bool = False
    http_only: bool = False
    same_site: str = "Default"


@dataclass
class Cookie:
    """One stored cookie (section 5.7)."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    http_only: bool
    same_site: str
    created: datetime
    expires: datetime
    persistent: bool

    @property
    def identity(self) -> tuple[str, str, bool, str]:
        """What must be equal for a new line to replace, and so to delete, this cookie."""
        return self.name, self.domain, self.host_only, self.path


@dataclass
class CookieJar:
    """A user agent's cookies; `receive` stores or deletes, `header` is what a request would carry."""

    cookies: list[Cookie] = field(default_factory=list)

    def names(self, now: datetime) -> set[str]:
        """The names of all that is still stored, wherever it would be sent."""
        self._forget_expired(now)
        return {cookie.name for cookie in self.cookies}

    def receive(self, url: str, line: str, now: datetime, *, cross_site: bool = False) -> Cookie:
        """Stores the cookie of one Set-Cookie line, or throws `Refused`; what has expired is forgotten at once."""
        scheme, host, request_path = _origin(url)
        parsed = parse_set_cookie(line, now)
        if not parsed.name and not parsed.value:
            raise Refused("a cookie with neither a name nor a value")
        cookie = Cookie(
            name=parsed.name,
            value=parsed.value,
            domain=host,
            host_only=True,
            path=parsed.path or default_path(request_path),
            secure=parsed.secure,
            http_only=parsed.http_only,
            same_site=parsed.same_site,
            created=now,
            expires=_expiry(parsed, now),
            persistent=parsed.max_age is not None or parsed.expires is not None,
        )
        if parsed.domain:
            if not domain_matches(host, parsed.domain):
                raise Refused(f"{host} may not set a cookie for {parsed.domain}")
            cookie.domain, cookie.host_only = parsed.domain, False
        self._judge(cookie, parsed, scheme, cross_site)
        self._store(cookie)
        self._forget_expired(now)
        return cookie

    def header(self, url: str, now: datetime, *, cross_site: bool = False, safe_navigation: bool = False) -> str | None:
        """The Cookie header of a request to `url`, longest path first and then oldest first, or nothing."""
        self._forget_expired(now)
        scheme, host, path = _origin(url)
        sent = [
            cookie
            for cookie in self.cookies
            if (cookie.domain == host if cookie.host_only else domain_matches(host, cookie.domain))
            and path_matches(path, cookie.path)
            and (scheme == "https" or not cookie.secure)
            and (not cross_site or _crosses_sites(cookie, safe_navigation))
        ]
        sent.sort(key=lambda cookie: (-len(cookie.path), cookie.created))
        return "; ".join(f"{c.name}={c.value}" if c.name else c.value for c in sent) or None

    def _judge(self, cookie: Cookie, parsed: Attributes, scheme: str, cross_site: bool) -> None:
        secure_origin = scheme == "https"
        if cookie.secure and not secure_origin:
            raise Refused(f"{cookie.name}: Secure over plain http")
        if not cookie.secure and not secure_origin and self._would_overlay_a_secure_one(cookie):
            raise Refused(f"{cookie.name}: would overlay a Secure cookie from plain http")
        if cross_site and cookie.same_site != "None":
            raise Refused(f"{cookie.name}: SameSite={cookie.same_site} from a cross-site request")
        if cookie.same_site == "None" and not cookie.secure:
            raise Refused(f"{cookie.name}: SameSite=None without Secure")
        _judge_prefix(cookie.name or cookie.value, cookie, parsed)

    def _would_overlay_a_secure_one(self, cookie: Cookie) -> bool:
        return any(
            old.secure
            and old.name == cookie.name
            and (domain_matches(old.domain, cookie.domain) or domain_matches(cookie.domain, old.domain))
            and path_matches(cookie.path, old.path)
            for old in self.cookies
        )

    def _store(self, cookie: Cookie) -> None:
        for old in self.cookies:
            if old.identity == cookie.identity:
                cookie.created = old.created
                self.cookies.remove(old)
                break
        self.cookies.append(cookie)

    def _forget_expired(self, now: datetime) -> None:
        self.cookies = [cookie for cookie in self.cookies if cookie.expires > now]


def parse_set_cookie(line: str, now: datetime) -> Attributes:
    """Takes a Set-Cookie line apart (section 5.6); throws `Refused` where the whole line is to be ignored."""
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line):
        raise Refused("a control character")
    pair, *rest = line.split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    name, value = name.strip(" \t"), value.strip(" \t")
    if len(name.encode()) + len(value.encode()) > LARGEST_PAIR:
        raise Refused("more than 4096 bytes of name and value")
    found: dict[str, object] = {}
    for attribute in rest:
        key, _, content = attribute.partition("=")
        key, content = key.strip(" \t").lower(), content.strip(" \t")
        if len(content.encode()) <= LARGEST_ATTRIBUTE:
            _take(key, content, now, found)
    return Attributes(name, value, **found)  # type: ignore[arg-type]


def _take(key: str, content: str, now: datetime, found: dict[str, object]) -> None:
    """One attribute; the last of a kind wins, and an unknown or malformed one changes nothing."""
    if key == "expires":
        if (moment := parse_date(content)) is not None:
            found["expires"] = min(moment, now + LONGEST_LIFE)
    elif key == "max-age":
        if re.fullmatch(r"-?[0-9]+", content):
            seconds = max(min(int(content), int(LONGEST_LIFE.total_seconds())), -1)
            found["max_age"] = timedelta(seconds=seconds)
    elif key == "domain":
        found["domain"] = content.removeprefix(".").lower()
    elif key == "path":
        found["path"] = content if content.startswith("/") else None
    elif key == "secure":
        found["secure"] = True
    elif key == "httponly":
        found["http_only"] = True
    elif key == "samesite":
        known = {"none": "None", "strict": "Strict", "lax": "Lax"}
        found["same_site"] = known.get(content.lower(), "Default")


def parse_date(text: str) -> datetime | None:
    """The lenient cookie-date of section 5.1.1; nothing when it is no date."""
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    time: tuple[int, int, int] | None = None
    day = month = year = None
    for token in re.split(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+", text):
        clock = re.match(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)", token)
        if time is None and clock:
            time = int(clock[1]), int(clock[2]), int(clock[3])
        elif day is None and (number := re.match(r"(\d{1,2})(?:\D|$)", token)):
            day = int(number.group(1))
        elif month is None and token[:3].lower() in months:
            month = months.index(token[:3].lower()) + 1
        elif year is None and (number := re.match(r"(\d{2,4})(?:\D|$)", token)):
            year = int(number.group(1))
            year += 1900 if 70 <= year <= 99 else 2000 if year <= 69 else 0
    if time is None or day is None or month is None or year is None or year < 1601:
        return None
    try:
        return datetime(year, month, day, time[0], time[1], time[2], tzinfo=UTC)
    except ValueError:
        return None


def default_path(request_path: str) -> str:
    """The path of a cookie that names none (section 5.1.4)."""
    if not request_path.startswith("/") or request_path.count("/") == 1:
        return "/"
    return request_path[: request_path.rindex("/")]


def domain_matches(host: str, domain: str) -> bool:
    """Section 5.1.3: equal, or a subdomain of it and not an address."""
    if host == domain:
        return True
    return host.endswith("." + domain) and not _is_address(host)


def path_matches(path: str, cookie_path: str) -> bool:
    """Section 5.1.4: equal, or below it at a `/`."""
    if path == cookie_path:
        return True
    return path.startswith(cookie_path) and (cookie_path.endswith("/") or path[len(cookie_path)] == "/")


def _judge_prefix(name: str, cookie: Cookie, parsed: Attributes) -> None:
    """Section 5.7, steps on `__Secure-` and `__Host-`, in any spelling, and for nameless cookies too."""
    if name.lower().startswith("__secure-") and not cookie.secure:
        raise Refused(f"{name}: the __Secure- prefix without Secure")
    if name.lower().startswith("__host-"):
        if not cookie.secure:
            raise Refused(f"{name}: the __Host- prefix without Secure")
        if not cookie.host_only:
            raise Refused(f"{name}: the __Host- prefix with a Domain")
        if parsed.path != "/":
            raise Refused(f"{name}: the __Host- prefix without Path=/")


def _expiry(parsed: Attributes, now: datetime) -> datetime:
    if parsed.max_age is not None:
        return BEGINNING_OF_TIME if parsed.max_age <= timedelta(0) else now + parsed.max_age
    return parsed.expires if parsed.expires is not None else END_OF_SESSION


def _crosses_sites(cookie: Cookie, safe_navigation: bool) -> bool:
    return cookie.same_site == "None" or (cookie.same_site in ("Lax", "Default") and safe_navigation)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _origin(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.path or "/"
