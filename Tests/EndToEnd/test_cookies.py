"""Every cookie that the server sets has the right attributes, and the logout answer really deletes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from cookie_jar import CookieJar
from exeunt import (
    ADAPTER_COOKIES,
    DEVICES,
    LOGIN,
    LOGOUT,
    PATIENCE,
    REMEMBER_COOKIE,
    SECURE_REMEMBER_COOKIE,
    SECURE_SESSION_COOKIE,
    SESSION,
    SESSION_COOKIE,
    Account,
    expect,
)
from server import Server, Starter
from tls import start_with_tls

REMEMBER_SECONDS = 2_592_000


@dataclass
class Door:
    """A server, and the names that its cookies have there."""

    server: Server
    session: str
    remember: str
    secure: bool

    def send(self, jar: CookieJar, method: str, path: str, form: dict[str, str] | None = None) -> requests.Response:
        """One request of a browser that keeps its cookies in `jar`, and takes every Set-Cookie of the answer."""
        url = self.server.url + path
        cookie = jar.header(url, datetime.now(UTC))
        headers = {"Sec-Fetch-Site": "same-origin"} | ({"Cookie": cookie} if cookie else {})
        response = requests.request(
            method,
            url,
            data=form,
            headers=headers,
            verify=self.server.verify,
            allow_redirects=False,
            timeout=PATIENCE,
        )
        for line in set_cookie_lines(response):
            jar.receive(url, line, datetime.now(UTC))
        return response

    def signed_in(self, account: Account) -> CookieJar:
        """The jar of a browser that has just signed in and asked to be remembered."""
        jar = CookieJar()
        form = {"email": account.email, "password": account.password, "remember": "1"}
        expect(self.send(jar, "POST", LOGIN, form), 303)
        assert self.is_signed_in(jar)
        return jar

    def is_signed_in(self, jar: CookieJar) -> bool:
        """What the server says to a browser with this jar."""
        return bool(expect(self.send(jar, "GET", SESSION), 200).json()["signed_in"])


def set_cookie_lines(response: requests.Response) -> list[str]:
    """The Set-Cookie lines as they came, one by one."""
    return list(response.raw.headers.getlist("Set-Cookie"))


@pytest.fixture(scope="module", params=["http", "https"])
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The browser door over plain http on loopback, and over TLS."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    starter = Starter(folder)
    if request.param == "https":
        yield Door(start_with_tls(starter, folder), SECURE_SESSION_COOKIE, SECURE_REMEMBER_COOKIE, True)
    else:
        yield Door(starter(), SESSION_COOKIE, REMEMBER_COOKIE, False)
    starter.stop_all()


def test_signing_in_sets_the_two_cookies_with_every_protection_there_is(door: Door) -> None:
    jar = door.signed_in(door.server.accounts[0])
    by_name = {cookie.name: cookie for cookie in jar.cookies}
    assert set(by_name) == {door.session, door.remember}
    for cookie in by_name.values():
        assert cookie.http_only and cookie.host_only, cookie.name
        assert cookie.secure is door.secure, cookie.name
        assert cookie.same_site == "Lax" and cookie.path == "/", cookie.name
    assert by_name[door.session].value.startswith("exs_") and not by_name[door.session].persistent
    remember = by_name[door.remember]
    assert remember.value.startswith("exm_") and remember.persistent
    assert abs(remember.expires - datetime.now(UTC) - timedelta(seconds=REMEMBER_SECONDS)) < timedelta(minutes=5)


def test_without_the_tick_no_remember_me_cookie_is_set(door: Door) -> None:
    account, jar = door.server.accounts[0], CookieJar()
    expect(door.send(jar, "POST", LOGIN, {"email": account.email, "password": account.password}), 303)
    assert jar.names(datetime.now(UTC)) == {door.session}


@pytest.mark.parametrize("scope", ["current", "everywhere"])
def test_logout_empties_the_jar_of_all_that_sign_in_put_there(door: Door, scope: str) -> None:
    jar = door.signed_in(door.server.accounts[0])
    before = list(jar.cookies)
    expect(door.send(jar, "POST", LOGOUT, {"scope": scope}), 303)
    print("before:", sorted(cookie.name for cookie in before), "after:", sorted(jar.names(datetime.now(UTC))))
    assert jar.names(datetime.now(UTC)) == set()
    thief = CookieJar(before)
    assert not door.is_signed_in(thief), "the deleted cookies still work for whoever kept them"


def test_the_logout_answer_also_deletes_the_cookies_that_an_adapter_keeps_on_our_origin(door: Door) -> None:
    jar = door.signed_in(door.server.accounts[0])
    here, now = door.server.url + LOGOUT, datetime.now(UTC)
    # No browser keeps these over plain http, so there the answer has only to delete what was set.
    for name in ADAPTER_COOKIES if door.secure else ():
        jar.receive(here, f"{name}=kept-by-an-adapter; Path=/; Secure; HttpOnly; SameSite=Lax", now)
    expect(door.send(jar, "POST", LOGOUT, {"scope": "current"}), 303)
    assert jar.names(datetime.now(UTC)) == set()


@pytest.mark.parametrize("held", ["none", "garbage", "ended"])
def test_logout_with_a_dead_session_or_none_answers_as_a_good_one_does(door: Door, held: str) -> None:
    good = door.signed_in(door.server.accounts[0])
    ended = CookieJar(list(good.cookies))
    reference = door.send(good, "POST", LOGOUT, {"scope": "current"})
    jar = CookieJar()
    if held == "ended":
        jar = ended
    elif held == "garbage":
        for name in (door.session, door.remember):
            secure = "; Secure" if door.secure else ""
            jar.receive(door.server.url + LOGIN, f"{name}=garbage; Path=/{secure}", datetime.now(UTC))
    answer = door.send(jar, "POST", LOGOUT, {"scope": "current"})
    assert jar.names(datetime.now(UTC)) == set()
    assert (answer.status_code, answer.text) == (reference.status_code, reference.text)
    assert answer.headers["Location"] == reference.headers["Location"]
    assert set_cookie_lines(answer) == set_cookie_lines(reference)


def test_each_sign_in_has_a_handle_of_its_own_and_ends_the_one_it_replaces(door: Door) -> None:
    account, jar = door.server.accounts[0], CookieJar()
    form = {"email": account.email, "password": account.password}
    expect(door.send(jar, "POST", LOGIN, form), 303)
    first = CookieJar(list(jar.cookies))
    expect(door.send(jar, "POST", LOGIN, form), 303)
    assert {cookie.value for cookie in first.cookies}.isdisjoint(cookie.value for cookie in jar.cookies)
    assert door.is_signed_in(jar)
    assert not door.is_signed_in(first), "the handle from before the second sign-in still works"


def test_a_handle_that_a_stranger_planted_is_never_adopted(door: Door) -> None:
    planted = "exs_" + "A" * 43
    jar = CookieJar()
    secure = "; Secure" if door.secure else ""
    jar.receive(door.server.url + LOGIN, f"{door.session}={planted}; Path=/{secure}", datetime.now(UTC))
    account = door.server.accounts[0]
    expect(door.send(jar, "POST", LOGIN, {"email": account.email, "password": account.password}), 303)
    assert [cookie.value != planted for cookie in jar.cookies] == [True]


def test_a_remembered_browser_is_let_in_again_and_its_old_remember_me_cookie_is_replaced(door: Door) -> None:
    jar = door.signed_in(door.server.accounts[1])
    old = next(cookie for cookie in jar.cookies if cookie.name == door.remember)
    jar.cookies = [old]
    expect(door.send(jar, "GET", DEVICES), 200, 303)
    assert jar.names(datetime.now(UTC)) == {door.session, door.remember}
    assert door.is_signed_in(jar)
    assert next(cookie.value for cookie in jar.cookies if cookie.name == door.remember) != old.value
    expect(door.send(jar, "POST", LOGOUT, {"scope": "current"}), 303)
    assert jar.names(datetime.now(UTC)) == set()


def test_pages_behind_the_sign_in_are_never_stored_or_framed(door: Door) -> None:
    jar = door.signed_in(door.server.accounts[0])
    for path in (DEVICES, "/account"):
        headers = expect(door.send(jar, "GET", path), 200).headers
        assert "no-store" in headers["Cache-Control"]
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy and "default-src" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        transport = headers.get("Strict-Transport-Security", "")
        assert ("max-age=" in transport) is door.secure


def test_the_logout_answer_asks_the_browser_to_clear_its_storage_and_not_its_neighbours_cookies(door: Door) -> None:
    jar = door.signed_in(door.server.accounts[0])
    answer = door.send(jar, "POST", LOGOUT, {"scope": "current"})
    assert answer.headers.get("Clear-Site-Data") == '"storage"'
    assert "no-store" in answer.headers["Cache-Control"]


def test_clearing_the_cache_as_well_is_a_setting(start: Starter) -> None:
    server = start(settings={"logout.clear_cache": "true"})
    visitor = server.visitor().sign_in(server.accounts[0])
    directives = visitor.sign_out().headers["Clear-Site-Data"].replace(" ", "").split(",")
    assert sorted(directives) == ['"cache"', '"storage"']
