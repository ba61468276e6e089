"""An OpenID provider of idpyoidc's, which tells its relying parties of sign-outs by the back channel.

`python provider.py PORT CLIENTS`: CLIENTS is JSON, a relying party's metadata by its client_id.
Whoever signs in is who they say.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, make_response, redirect, render_template_string, request
from idpyoidc.message.oidc.session import EndSessionRequest
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.user_authn.user import UserAuthnMethod
from standardwebhooks.webhooks import Webhook
from werkzeug.wrappers import Response as AnyResponse

PORT, CLIENTS = int(sys.argv[1]), json.loads(sys.argv[2])
ISSUER = f"http://localhost:{PORT}"
COOKIE = "provider_login"

app = Flask(__name__)
LOGINS: dict[str, str] = {}
"""Who is signed in here, by the value of their cookie."""

PAGE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>
<form method="post" action="{{ action }}">
{% for name, value in hidden.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">{% endfor %}
{% if ask %}<label>Name <input name="name"></label>{% endif %}<button>{{ button }}</button></form>"""


def page(title: str, action: str, hidden: dict[str, str], button: str, *, ask: bool = False) -> str:
    """A page with a form."""
    return render_template_string(PAGE, title=title, action=action, hidden=hidden, button=button, ask=ask)


class CookieLogin(UserAuthnMethod):  # type: ignore[misc]
    """Whoever has the cookie is signed in; whoever has not is sent to the form."""

    def __call__(self, **kwargs: Any) -> str:
        """The form."""
        return page("Provider", "/login", {"next": request.full_path}, "Sign in", ask=True)

    def authenticated_as(self, client_id: str, cookie: Any = None, **kwargs: Any) -> tuple[Any, int]:
        """Who it is, and since when, as idpyoidc asks."""
        name = LOGINS.get(request.cookies.get(COOKIE, ""))
        return ({"uid": name}, 0) if name else (None, 0)


def configuration(folder: Path) -> dict[str, Any]:
    """What idpyoidc wants to know."""
    oidc = "idpyoidc.server.oidc."
    key_definitions = [{"type": "EC", "crv": "P-256", "use": ["sig"]}, {"type": "RSA", "key": "", "use": ["sig"]}]
    return {
        "issuer": ISSUER,
        "httpc_params": {"timeout": 10},
        "preference": {"id_token_signing_alg_values_supported": ["ES256"], "subject_types_supported": ["public"]},
        "key_conf": {
            "uri_path": "jwks.json",
            "key_defs": key_definitions,
            "private_path": str(folder / "jwks.json"),
            "read_only": False,
        },
        "token_handler_args": {
            "jwks_def": {
                "private_path": str(folder / "token_jwks.json"),
                "read_only": False,
                "key_defs": [{"type": "oct", "bytes": "24", "use": ["enc"], "kid": kid} for kid in ("code", "refresh")],
            },
            "code": {"kwargs": {"lifetime": 600}},
            "token": {"class": "idpyoidc.server.token.jwt_token.JWTToken", "kwargs": {"lifetime": 3600}},
            "refresh": {"class": "idpyoidc.server.token.jwt_token.JWTToken", "kwargs": {"lifetime": 3600}},
            "id_token": {"class": "idpyoidc.server.token.id_token.IDToken", "kwargs": {}},
        },
        "cookie_handler": {
            "class": "idpyoidc.server.cookie_handler.CookieHandler",
            "kwargs": {
                "keys": {
                    "private_path": str(folder / "cookie_jwks.json"),
                    "read_only": False,
                    "key_defs": [
                        {"type": "OCT", "use": ["enc"], "kid": "enc"},
                        {"type": "OCT", "use": ["sig"], "kid": "sig"},
                    ],
                },
                "name": {"session": "provider_session", "register": "provider_rp", "session_management": "provider_sm"},
            },
        },
        "authentication": {
            "user": {"acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword", "class": CookieLogin}
        },
        "userinfo": {"class": "idpyoidc.server.user_info.UserInfo", "kwargs": {"db": {}}},
        "endpoint": {
            "provider_info": {
                "path": ".well-known/openid-configuration",
                "class": oidc + "provider_config.ProviderConfiguration",
                "kwargs": {"client_authn_method": None},
            },
            "authorization": {
                "path": "authorization",
                "class": oidc + "authorization.Authorization",
                "kwargs": {"client_authn_method": None, "response_types_supported": ["code"]},
            },
            "token": {
                "path": "token",
                "class": oidc + "token.Token",
                "kwargs": {"client_authn_method": ["client_secret_basic", "client_secret_post"]},
            },
            "userinfo": {"path": "userinfo", "class": oidc + "userinfo.UserInfo", "kwargs": {}},
            "session": {
                "path": "session",
                "class": oidc + "session.Session",
                "kwargs": {
                    "logout_verify_url": f"{ISSUER}/confirm",
                    "post_logout_uri_path": "goodbye",
                    "signing_alg": "ES256",
                },
            },
        },
    }


def provider() -> Any:
    """The provider, with its relying parties."""
    folder = Path(tempfile.mkdtemp())
    os.chdir(folder)
    server = Server(OPConfiguration(configuration(folder), base_path=str(folder), domain="localhost", port=PORT))
    for client_id, metadata in CLIENTS.items():
        server.context.cdb[client_id] = {
            "client_id": client_id,
            "response_types_supported": ["code"],
            "allowed_scopes": ["openid"],
            "scope": ["openid"],
            "token_endpoint_auth_method": "client_secret_basic",
            "id_token_signed_response_alg": "ES256",
        } | metadata
        server.keyjar.add_symmetric(client_id, metadata["client_secret"])
    return server


SERVER = provider()


def told() -> dict[str, Any]:
    """What idpyoidc wants to know of a request."""
    cookies = [{"name": name, "value": value} for name, value in request.cookies.items()]
    return {"headers": dict(request.headers), "method": request.method, "url": request.url, "cookie": cookies}


def answer(endpoint: Any, args: dict[str, Any], asked: Any) -> AnyResponse:
    """What idpyoidc answers, as Flask has it."""
    if "http_response" in args:
        return make_response(args["http_response"])
    info = endpoint.do_response(request=asked, **args)
    body = info["response"]
    made: AnyResponse = (
        redirect(body, 303) if endpoint.response_placement == "url" else Response(body, headers=info["http_headers"])
    )
    for cookie in args.get("cookie", []):
        made.set_cookie(cookie["name"], cookie["value"], httponly=True, samesite="Lax")
    return made


def run(name: str) -> AnyResponse:
    """One request to one of idpyoidc's endpoints."""
    endpoint = SERVER.get_endpoint(name)
    given = request.args.to_dict() if request.method == "GET" else request.form.to_dict()
    asked = endpoint.parse_request(given, http_info=told())
    if "error" in asked:
        return Response(asked.to_json(), 400, content_type="application/json")
    args = endpoint.process_request(asked, http_info=told())
    return answer(endpoint, args, asked)


@app.get("/.well-known/openid-configuration")
def metadata() -> AnyResponse:
    """OpenID Connect Discovery 1.0 §4."""
    return run("provider_config")


@app.get("/jwks.json")
def keys() -> AnyResponse:
    """The public keys."""
    return Response(SERVER.keyjar.export_jwks_as_json(), content_type="application/json")


@app.get("/authorization")
def authorization() -> AnyResponse:
    """The authorization endpoint."""
    return run("authorization")


@app.post("/token")
def token() -> AnyResponse:
    """The token endpoint."""
    return run("token")


@app.post("/login")
def login() -> AnyResponse:
    """Signs a person in, and goes on where they were."""
    value = secrets.token_urlsafe()
    LOGINS[value] = request.form["name"]
    made = redirect(request.form["next"], 303)
    made.set_cookie(COOKIE, value, httponly=True, samesite="Lax")
    return made


@app.get("/")
def home() -> AnyResponse:
    """Who is signed in."""
    name = LOGINS.get(request.cookies.get(COOKIE, ""))
    if name is None:
        return Response("nobody is signed in at the provider")
    return Response(page(f"Signed in at the provider: {name}", "/logout", {}, "Sign out"))


def end(name: str | None) -> None:
    """Ends a person's sign-in here and tells everybody who got an ID token of it."""
    for value in [value for value, signed_in in LOGINS.items() if signed_in == name]:
        del LOGINS[value]
    manager, session = SERVER.context.session_manager, SERVER.get_endpoint("session")
    for client_id in CLIENTS:
        try:
            grants = manager.grants(path=[name, client_id])
        except (KeyError, ValueError):
            continue
        for grant in grants:
            if (issued := grant.last_issued_token_of_type("id_token")) and grant.is_active():
                session.do_verified_logout(sid=issued.session_id)


@app.post("/logout")
def logout() -> AnyResponse:
    """Signs out at the provider itself."""
    end(LOGINS.get(request.cookies.get(COOKIE, "")))
    return redirect("/", 303)


@app.route("/session", methods=["GET", "POST"])
def end_session() -> AnyResponse:
    """The end_session_endpoint: idpyoidc reads the hint, a page asks the person, and its button signs them out."""
    given = request.args.to_dict() if request.method == "GET" else request.form.to_dict()
    asked = EndSessionRequest(**given)
    asked.verify(keyjar=SERVER.keyjar, sigalg="ES256")
    client_id = asked["__verified_id_token_hint"]["aud"][0]
    back = given["post_logout_redirect_uri"]
    if back not in CLIENTS[client_id]["post_logout_redirect_uris"]:
        return Response("that is no place to go to", 400)
    if request.method == "GET":
        return Response(page("Sign out at the provider?", "/session", given, "Sign out"))
    end(LOGINS.get(request.cookies.get(COOKIE, "")))
    return redirect(f"{back}?{urlencode({'state': given['state']})}", 303)


@app.post("/session-ended")
def session_ended() -> AnyResponse:
    """Somebody who had sent a person here tells that their session has ended there."""
    event = Webhook(os.environ["WEBHOOK_SECRET"]).verify(request.get_data(), dict(request.headers))
    upstream = event["data"]["upstream"]
    if upstream and upstream["issuer"] == ISSUER:
        name, _, _ = SERVER.context.session_manager.decrypt_session_id(upstream["sid"])
        end(name)
    return Response(status=204)


app.run("127.0.0.1", PORT, threaded=True)
