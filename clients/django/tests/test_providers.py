"""Sessions that a provider of the sign-in has vouched for, and its sign-out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from .browsers import browser, cookies_of, nothing_opens
from .support import PATIENCE, Authority, eventually

ISSUER = "https://id.example.com"


def test_the_sign_out_of_a_provider_ends_the_session_that_it_vouched_for(
    new_user: Callable[..., Any], authority: Authority
) -> None:
    keys = ("--jwks-uri", f"{ISSUER}/keys")
    authority.command("providers", "add", ISSUER, "--audience", "notes", *keys, "--front-channel")
    user = new_user()
    client = browser()
    form = {"username": user.get_username(), "issuer": ISSUER, "sid": "one"}
    assert client.post("/login-vouched", form).status_code == 200
    stolen = cookies_of(client)
    assert client.get("/private").status_code == 200
    query = urlencode({"iss": ISSUER, "sid": "one"})
    with urlopen(f"{authority.url}/frontchannel-logout?{query}", timeout=PATIENCE) as answer:
        assert answer.status == 200
    eventually(lambda: client.get("/private").status_code != 200)
    nothing_opens(stolen)
    # A sign-in that comes after its own sign-out is refused.
    late = browser()
    assert late.post("/login-vouched", form).status_code != 200
    assert late.get("/private").status_code != 200
