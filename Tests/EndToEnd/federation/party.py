"""A relying party made of Authlib, which checks logout tokens with joserfc.

`python party.py PORT CLIENT_ID SECRET PROVIDER`. With EXEUNT, EXEUNT_ID and EXEUNT_SECRET set its sessions
are Exeunt's, and the provider's logout tokens go to Exeunt; without, they are in its own memory.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from typing import Any

import requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, redirect, request, session
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.wrappers import Response as AnyResponse

PORT, CLIENT_ID, SECRET, PROVIDER = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
HERE = f"http://localhost:{PORT}"
EXEUNT = os.environ.get("EXEUNT")
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
app.config["SESSION_COOKIE_NAME"] = f"state_{CLIENT_ID}"
COOKIE = f"login_{CLIENT_ID}"
provider = OAuth(app).register(
    "provider",
    client_id=CLIENT_ID,
    client_secret=SECRET,
    client_kwargs={"scope": "openid"},
    server_metadata_url=f"{PROVIDER}/.well-known/openid-configuration",
)
LOGINS: dict[str, dict[str, Any]] = {}
"""Who is signed in, by the value of their cookie."""


def ask_exeunt(path: str, **body: Any) -> Any:
    """Exeunt's answer to one of our requests."""
    known = (os.environ["EXEUNT_ID"], os.environ["EXEUNT_SECRET"])
    is_form = path == "/introspect"
    answered = requests.post(
        f"{EXEUNT}{path}", auth=known, timeout=30, data=body if is_form else None, json=None if is_form else body
    )
    answered.raise_for_status()
    return answered.json()


def present() -> dict[str, Any] | None:
    """Who is signed in with this browser, if anybody is."""
    login = LOGINS.get(request.cookies.get(COOKIE, ""))
    if login and EXEUNT and not ask_exeunt("/introspect", token=login["access_token"])["active"]:
        return None
    return login


@app.get("/")
def home() -> AnyResponse:
    """Who is signed in."""
    login = present()
    if login is None:
        return Response(f"nobody is signed in at {CLIENT_ID}")
    title = f"<h1>Signed in at {CLIENT_ID}: {login['sub']}</h1>"
    return Response(f'{title}<form method="post" action="/logout"><button>Sign out</button></form>')


@app.get("/login")
def login() -> AnyResponse:
    """Off to the provider."""
    return provider.authorize_redirect(f"{HERE}/callback", nonce=secrets.token_urlsafe())  # type: ignore[no-any-return]


@app.get("/callback")
def callback() -> AnyResponse:
    """Back from the provider; Authlib has checked state, code, nonce and ID token."""
    tokens = provider.authorize_access_token()
    claims = tokens["userinfo"]
    value = secrets.token_urlsafe()
    LOGINS[value] = {"sub": claims["sub"], "sid": claims.get("sid"), "id_token": tokens["id_token"]}
    if EXEUNT:
        upstream = {"issuer": claims["iss"], "sid": claims["sid"], "sub": claims["sub"]}
        LOGINS[value] |= ask_exeunt("/v1/sessions", subject=claims["sub"], upstream=upstream)
    session.clear()
    made = redirect("/", 303)
    made.set_cookie(COOKIE, value, httponly=True, samesite="Lax")
    return made


@app.post("/logout")
def logout() -> AnyResponse:
    """Signs out here; without Exeunt the browser goes on to the provider, with it the provider is told."""
    ended = LOGINS.pop(request.cookies.get(COOKIE, ""), None)
    if ended is None:
        return redirect("/", 303)
    if EXEUNT:
        ask_exeunt("/v1/logout", token=ended["session_token"])
        return redirect("/", 303)
    end_session = provider.load_server_metadata()["end_session_endpoint"]
    back = (
        requests.Request(
            "GET",
            end_session,
            params={
                "id_token_hint": ended["id_token"],
                "post_logout_redirect_uri": f"{HERE}/",
                "state": "out",
            },
        )
        .prepare()
        .url
    )
    return redirect(str(back), 303)


@app.post("/backchannel-logout")
def backchannel_logout() -> AnyResponse:
    """OpenID Connect Back-Channel Logout 1.0 §2.6."""
    metadata = provider.load_server_metadata()
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=30).json())
    token = jwt.decode(request.form["logout_token"], keys, algorithms=["ES256"])
    claims = token.claims
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    good = (
        claims["iss"] == metadata["issuer"]
        and CLIENT_ID in audience
        and claims["events"] == {LOGOUT_EVENT: {}}
        and abs(time.time() - claims["iat"]) < 300
        and "nonce" not in claims
    )
    if not good:
        return Response(status=400)
    for value in [value for value, login in LOGINS.items() if login["sid"] == claims["sid"]]:
        del LOGINS[value]
    return Response(status=200, headers={"cache-control": "no-store"})


app.run("127.0.0.1", PORT, threaded=True)
