"""The jar itself: it must refuse what a browser refuses, or a deletion that does nothing would look like one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cookie_jar import CookieJar, Refused, default_path, domain_matches, parse_date, parse_set_cookie, path_matches

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HTTPS = "https://id.example.test/login"
HTTP = "http://id.example.test/login"


def jar_with(*lines: str, url: str = HTTPS) -> CookieJar:
    jar = CookieJar()
    for line in lines:
        jar.receive(url, line, NOW)
    return jar


def test_a_deletion_with_the_same_name_path_and_host_removes_the_cookie() -> None:
    jar = jar_with("__Host-session=exs_1; Path=/; Secure; HttpOnly; SameSite=Lax")
    jar.receive("https://id.example.test/logout", "__Host-session=; Path=/; Secure; HttpOnly; Max-Age=0", NOW)
    assert jar.names(NOW) == set()


def test_a_deletion_by_a_past_date_works_as_well() -> None:
    jar = jar_with("a=1; Path=/; Secure")
    jar.receive(HTTPS, "a=; Path=/; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT", NOW)
    assert jar.names(NOW) == set()


@pytest.mark.parametrize(
    "deletion",
    [
        "session=; Path=/account; Max-Age=0",
        "session=; Max-Age=0; Path=/; Domain=id.example.test",
        "session=; Max-Age=0; Path=/; Domain=example.test",
        "Session=; Max-Age=0; Path=/",
        "session=; Max-Age=zero; Path=/",
        "session=; Max-Age=0; Expires=Wed, 01 Jan 2031 00:00:00 GMT; Path=/elsewhere",
    ],
)
def test_a_deletion_that_differs_in_identity_leaves_the_cookie_where_it_was(deletion: str) -> None:
    jar = jar_with("session=exs_1; Path=/; HttpOnly")
    jar.receive("https://id.example.test/logout", deletion, NOW)
    assert "session" in jar.names(NOW)


@pytest.mark.parametrize(
    ("deletion", "rule"),
    [
        ("__Host-session=; Path=/; Max-Age=0", "without Secure"),
        ("__Host-session=; Secure; Max-Age=0", "without Path=/"),
        ("__Host-session=; Secure; Path=/logout; Max-Age=0", "without Path=/"),
        ("__Host-session=; Secure; Path=/; Domain=id.example.test; Max-Age=0", "with a Domain"),
        ("__HOST-session=; Path=/; Max-Age=0", "without Secure"),
    ],
)
def test_a_host_prefixed_cookie_is_not_deleted_without_its_attributes(deletion: str, rule: str) -> None:
    jar = jar_with("__Host-session=exs_1; Path=/; Secure; HttpOnly")
    with pytest.raises(Refused, match=rule):
        jar.receive("https://id.example.test/logout", deletion, NOW)
    assert jar.names(NOW) == {"__Host-session"}


def test_a_host_prefix_without_a_path_is_refused_even_where_the_default_path_would_be_the_root() -> None:
    with pytest.raises(Refused, match="without Path=/"):
        jar_with("__Host-a=1; Secure")


def test_the_secure_prefix_needs_secure_and_nothing_more() -> None:
    jar = jar_with("__Secure-refresh=1; Secure; Path=/token; Domain=example.test")
    assert jar.names(NOW) == {"__Secure-refresh"}
    with pytest.raises(Refused, match="__Secure-"):
        jar_with("__Secure-refresh=1; Path=/token")


def test_a_nameless_cookie_cannot_smuggle_a_prefix_in_its_value() -> None:
    with pytest.raises(Refused, match="__Host-"):
        jar_with("=__Host-session=evil; Path=/token")


def test_plain_http_can_neither_set_a_secure_cookie_nor_cover_one() -> None:
    with pytest.raises(Refused, match="Secure over plain http"):
        jar_with("a=1; Secure", url=HTTP)
    jar = jar_with("a=1; Secure; Path=/")
    with pytest.raises(Refused, match="overlay"):
        jar.receive(HTTP, "a=2; Path=/login", NOW)


def test_a_cookie_without_a_domain_is_sent_to_its_own_host_only() -> None:
    jar = jar_with("own=1; Path=/", "wide=2; Path=/; Domain=.Example.Test")
    assert jar.header("https://id.example.test/", NOW) == "own=1; wide=2"
    assert jar.header("https://www.example.test/", NOW) == "wide=2"
    assert jar.header("https://badexample.test/", NOW) is None


def test_a_host_cannot_set_a_cookie_for_a_stranger() -> None:
    with pytest.raises(Refused, match="may not set"):
        jar_with("a=1; Domain=other.test")
    with pytest.raises(Refused, match="may not set"):
        jar_with("a=1; Domain=deep.id.example.test")


def test_the_same_name_with_two_paths_is_two_cookies_sent_longest_path_first() -> None:
    jar = jar_with("a=root; Path=/", "a=deep; Path=/account")
    assert jar.header("https://id.example.test/account/sessions", NOW) == "a=deep; a=root"
    jar.receive(HTTPS, "a=; Path=/; Max-Age=0", NOW)
    assert jar.header("https://id.example.test/account/sessions", NOW) == "a=deep"


def test_replacing_a_cookie_keeps_its_place_in_the_order() -> None:
    jar = CookieJar()
    jar.receive(HTTPS, "first=1; Path=/", NOW)
    jar.receive(HTTPS, "second=2; Path=/", NOW + timedelta(seconds=1))
    jar.receive(HTTPS, "first=3; Path=/", NOW + timedelta(seconds=2))
    assert jar.header(HTTPS, NOW + timedelta(seconds=3)) == "first=3; second=2"


def test_max_age_outranks_expires_and_neither_outlives_four_hundred_days() -> None:
    jar = jar_with("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=1; Max-Age=99999999999")
    assert jar.names(NOW + timedelta(seconds=59)) == {"a", "b"}
    assert jar.names(NOW + timedelta(seconds=61)) == {"b"}
    assert jar.names(NOW + timedelta(days=401)) == set()


def test_a_lax_cookie_crosses_sites_only_with_a_safe_navigation() -> None:
    jar = jar_with("a=1; Path=/; SameSite=Lax", "b=2; Path=/; SameSite=Strict", "c=3; Path=/; SameSite=None; Secure")
    assert jar.header(HTTPS, NOW, cross_site=True) == "c=3"
    assert jar.header(HTTPS, NOW, cross_site=True, safe_navigation=True) == "a=1; c=3"
    with pytest.raises(Refused, match="cross-site"):
        jar.receive(HTTPS, "a=2; SameSite=Lax", NOW, cross_site=True)
    with pytest.raises(Refused, match="without Secure"):
        jar.receive(HTTPS, "a=2; SameSite=None", NOW)


@pytest.mark.parametrize("line", ["a=\x00", "a=1\x7f", "a=1; Path=/\x01", "a" * 4000 + "=" + "b" * 97, "=", ""])
def test_a_line_that_is_rubbish_is_ignored_as_a_whole(line: str) -> None:
    with pytest.raises(Refused):
        jar_with(line)


def test_attributes_are_read_without_regard_to_case_and_the_last_one_wins() -> None:
    parsed = parse_set_cookie("a = 1 ; PATH=/x; path=/y; SECURE; httponly=anything; samesite=sTrIcT; max-age=1.5", NOW)
    assert (parsed.name, parsed.value, parsed.path) == ("a", "1", "/y")
    assert (parsed.secure, parsed.http_only, parsed.same_site, parsed.max_age) == (True, True, "Strict", None)


def test_dates_are_read_as_leniently_as_browsers_do() -> None:
    expected = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    for text in ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
        assert parse_date(text) == expected
    for text in ("", "tomorrow", "31 Feb 2026 00:00:00", "1 Jan 1600 00:00:00", "1 Jan 2026 25:00:00"):
        assert parse_date(text) is None


def test_paths_and_domains_match_at_their_boundaries() -> None:
    assert default_path("/account/sessions") == "/account"
    assert default_path("/login") == default_path("") == "/"
    assert path_matches("/account/x", "/account") and not path_matches("/accounting", "/account")
    assert domain_matches("a.b.test", "b.test") and not domain_matches("127.0.0.1", "0.0.1")
