"""Status lists (draft-ietf-oauth-status-list), read as a service would that has the draft, PyJWT and zlib."""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from exeunt import JWKS, PATIENCE, Authority, expect
from server import Server, Starter

SETTINGS = {"status_lists": "true"}


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with status lists."""
    starter = Starter(tmp_path_factory.mktemp("status-lists"))
    yield starter(settings=SETTINGS, demo=False)
    starter.stop_all()


@pytest.fixture
def app(listing: Server) -> Authority:
    """An app that opens sessions."""
    return listing.authority()


def verified(server: Server, token: str, **options: Any) -> dict[str, Any]:
    """The claims of a token that one of the published keys has signed."""
    key = jwt.PyJWKClient(server.url + JWKS, cache_keys=False).get_signing_key_from_jwt(token)
    return dict(jwt.decode(token, key, algorithms=["ES256", "EdDSA"], **options))


def place(server: Server, access_token: str) -> tuple[str, int]:
    """Where an access token says that its status is."""
    claims = verified(server, access_token, audience=server.issuer)
    found = claims["status"]["status_list"]
    assert found.keys() == {"idx", "uri"}
    return str(found["uri"]), int(found["idx"])


def fetch(server: Server, uri: str) -> requests.Response:
    """The list at that address."""
    return expect(server.get(uri.removeprefix(server.issuer)), 200)


def is_over(server: Server, access_token: str) -> bool:
    """What the list says of a token (§8.3), checked as far as the draft says (§5.1 and §8.3)."""
    uri, index = place(server, access_token)
    answer = fetch(server, uri)
    assert answer.headers["Content-Type"] == "application/statuslist+jwt"
    header = jwt.get_unverified_header(answer.text)
    assert header["typ"] == "statuslist+jwt"
    claims = verified(server, answer.text)
    assert claims.keys() == {"sub", "iat", "exp", "ttl", "status_list"}
    assert claims["sub"] == uri
    assert claims["iat"] <= time.time() + 2 < claims["exp"]
    assert claims["ttl"] == 15
    assert claims["status_list"]["bits"] == 1
    packed = claims["status_list"]["lst"]
    assert "=" not in packed
    bits = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    assert len(bits) == 2**17 // 8
    return bits[index // 8] >> (index % 8) & 1 == 1


def becomes_over(server: Server, access_token: str) -> bool:
    """Whether the list comes to say that a token is over: a list is handed out for a second as it is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_over(server, access_token):
            return True
        time.sleep(0.1)
    return False


def test_a_session_that_is_over_is_set_in_its_list_and_no_other(listing: Server, app: Authority) -> None:
    opened = [app.open(f"user-{number}") for number in range(10)]
    places = [place(listing, one.access_token) for one in opened]
    assert len(set(places)) == 10
    assert not any(is_over(listing, one.access_token) for one in opened)
    expect(app.logout(opened[3].session_token), 200)
    assert becomes_over(listing, opened[3].access_token)
    assert [is_over(listing, one.access_token) for one in opened] == [number == 3 for number in range(10)]


def test_a_refreshed_token_has_the_place_of_its_session(listing: Server, app: Authority) -> None:
    opened = app.open("user-refreshing")
    again = expect(app.refresh(opened.refresh_token), 200).json()["access_token"]
    assert place(listing, again) == place(listing, opened.access_token)
    expect(app.end("user-refreshing", opened.session_id), 200)
    assert becomes_over(listing, again)


def test_a_resumed_login_has_a_place_of_its_own(listing: Server, app: Authority) -> None:
    opened = app.open("user-remembered", remember=True)
    resumed = expect(app.resume(opened.remember_token or ""), 201).json()["access_token"]
    assert place(listing, resumed) != place(listing, opened.access_token)


def test_all_that_a_subject_has_is_set(listing: Server, app: Authority) -> None:
    opened = [app.open("user-many") for _ in range(5)]
    expect(app.end_all("user-many"), 200)
    assert all(becomes_over(listing, one.access_token) for one in opened)


def test_who_has_the_list_is_told_that_it_has_not_changed(listing: Server, app: Authority) -> None:
    uri, _ = place(listing, app.open("user-1").access_token)
    path = uri.removeprefix(listing.issuer)
    first = fetch(listing, uri)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = listing.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code in (200, 304)
    if again.status_code == 304:
        assert again.content == b""
        assert again.headers["ETag"] == first.headers["ETag"]
    stale = listing.get(path, headers={"If-None-Match": '"other"'})
    assert expect(stale, 200).headers["ETag"]


@pytest.mark.parametrize("number", ["x", "-1", "00", "1.0", "+1", "18446744073709551615", "99999999999999999999", ""])
def test_a_list_that_there_can_be_none_of_is_404(listing: Server, number: str) -> None:
    expect(listing.get(f"/status-lists/{number}"), 404)


def test_a_list_needs_no_credentials_and_names_nobody(listing: Server, app: Authority) -> None:
    opened = app.open("user-secretive")
    uri, _ = place(listing, opened.access_token)
    text = fetch(listing, uri).text
    assert "user-secretive" not in text
    assert "user" not in str(verified(listing, text))


def test_without_the_setting_there_are_no_lists_and_tokens_say_nothing(server: Server) -> None:
    token = server.authority().open("user-1").access_token
    assert "status" not in verified(server, token, audience=server.issuer)
    expect(server.get("/status-lists/0"), 404)


def test_a_list_is_no_access_token_and_an_access_token_is_no_list(listing: Server, app: Authority) -> None:
    opened = app.open("user-1")
    text = fetch(listing, place(listing, opened.access_token)[0]).text
    assert not app.is_active(text)
    assert jwt.get_unverified_header(opened.access_token)["typ"] == "at+jwt"
    assert app.is_active(opened.access_token)


def test_a_list_is_the_same_after_a_crash(start: Starter, tmp_path: Path) -> None:
    server = start(settings=SETTINGS, demo=False)
    app = server.authority()
    over, live = app.open("user-1"), app.open("user-2")
    expect(app.logout(over.session_token), 200)
    assert becomes_over(server, over.access_token)
    port = server.url.rsplit(":", 1)[1]
    server.kill()
    server = start(server.data, settings=SETTINGS, demo=False, listen=f"127.0.0.1:{port}")
    assert is_over(server, over.access_token)
    assert not is_over(server, live.access_token)
