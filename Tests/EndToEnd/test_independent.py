"""Strangers' libraries agree with us: PyJWT, joserfc, authlib and schemathesis, none of which knows Exeunt."""

from __future__ import annotations

import base64
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
import schemathesis
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt as jose_jwt
from joserfc.jwk import KeySet

from exeunt import (
    GLOBAL_REVOCATION,
    JWKS,
    METADATA,
    OPENAPI,
    PATIENCE,
    SESSION_COOKIE,
    Authority,
    Client,
    Credentials,
    expect,
    subject_path,
)
from server import Server, Starter, add_client, command

CLAIMS = {"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "sid", "ver", "gen", "auth_time"}
SUBJECT = "user-1"
EXAMPLES = 15
"""Fuzzed requests per operation and phase: enough to be rude, few enough to be done in a minute or two."""


@pytest.fixture(scope="module", params=["ES256", "EdDSA"])
def signing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for each algorithm that tokens can be signed with."""
    starter = Starter(tmp_path_factory.mktemp(request.param))
    yield starter(settings={"tokens.algorithm": request.param}, demo=False)
    starter.stop_all()


def pyjwt_verifies(server: Server, token: str) -> dict[str, Any]:
    """The claims, as PyJWT verified them with nothing but our issuer and the keys that we publish."""
    with_key = jwt.PyJWKClient(server.url + JWKS, cache_keys=False, cache_jwk_set=False)
    key = with_key.get_signing_key_from_jwt(token)
    issuer, algorithms = server.issuer, ["ES256", "EdDSA"]
    required: jwt.types.Options = {"require": sorted(CLAIMS)}
    return dict(jwt.decode(token, key, algorithms=algorithms, audience=issuer, issuer=issuer, options=required))


def joserfc_verifies(server: Server, token: str) -> dict[str, Any]:
    """The same by joserfc."""
    keys = KeySet.import_key_set(server.get(JWKS).json())
    decoded = jose_jwt.decode(token, keys, algorithms=["ES256", "EdDSA", "Ed25519"])
    rules = jose_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": server.issuer},
        aud={"essential": True, "value": server.issuer},
        exp={"essential": True},
        sub={"essential": True, "value": SUBJECT},
    )
    rules.validate(decoded.claims)
    assert decoded.header["typ"] == "at+jwt"
    return dict(decoded.claims)


def test_pyjwt_and_joserfc_verify_our_tokens_from_our_published_keys(signing: Server) -> None:
    opened = signing.authority().open(SUBJECT)
    claims = pyjwt_verifies(signing, opened.access_token)
    assert claims == joserfc_verifies(signing, opened.access_token)
    assert set(claims) >= CLAIMS
    assert (claims["sub"], claims["sid"]) == (SUBJECT, opened.session_id)
    assert claims["exp"] - claims["iat"] == 900
    assert len(claims["jti"]) == len(claims["sid"]) == 22
    header = jwt.get_unverified_header(opened.access_token)
    assert header["typ"] == "at+jwt" and header["alg"] in ("ES256", "EdDSA") and header["kid"]


def test_the_published_keys_hold_nothing_private_and_say_what_they_are_for(signing: Server) -> None:
    for key in signing.get(JWKS).json()["keys"]:
        assert "d" not in key and key["use"] == "sig" and key["kid"] and key["alg"] in ("ES256", "EdDSA")


def test_a_token_whose_payload_was_touched_verifies_nowhere(signing: Server) -> None:
    authority = signing.authority()
    head, body, signature = authority.open(SUBJECT).access_token.split(".")
    other = authority.open("user-2").access_token.split(".")[1]
    forged = f"{head}.{other}.{signature}"
    with pytest.raises(jwt.InvalidSignatureError):
        pyjwt_verifies(signing, forged)
    assert authority.introspect(forged) == {"active": False}
    unsigned = jwt.encode(jwt.decode(f"{head}.{body}.{signature}", options={"verify_signature": False}), "", "none")
    assert authority.introspect(unsigned) == {"active": False}


@pytest.mark.parametrize("claimed", ["HS256", "RS256", "none", "None"])
def test_a_public_key_is_never_taken_for_a_shared_secret(signing: Server, claimed: str) -> None:
    authority = signing.authority()
    head, body, _ = authority.open(SUBJECT).access_token.split(".")
    kid = json.loads(b64decode(head))["kid"]
    key = next(key for key in signing.get(JWKS).json()["keys"] if key["kid"] == kid)
    forged_head = b64encode(json.dumps({"alg": claimed, "typ": "at+jwt", "kid": kid, "jwk": key}).encode())
    for secret in (key["x"].encode(), b64decode(key["x"]), json.dumps(key).encode(), b""):
        signature = b64encode(hmac.digest(secret, f"{forged_head}.{body}".encode(), "sha256"))
        for token in (f"{forged_head}.{body}.{signature}", f"{forged_head}.{body}."):
            assert authority.introspect(token) == {"active": False}


def b64encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def b64decode(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_after_a_rotation_of_keys_the_old_tokens_and_the_new_ones_verify(signing: Server) -> None:
    authority = signing.authority()
    before = authority.open(SUBJECT).access_token
    command("keys", "rotate", data=signing.data)
    after = wait_for_a_new_key(authority, before)
    assert jwt.get_unverified_header(after)["kid"] != jwt.get_unverified_header(before)["kid"]
    for token in (before, after):
        assert pyjwt_verifies(signing, token) == joserfc_verifies(signing, token)
        assert authority.is_active(token)


def wait_for_a_new_key(authority: Authority, before: str) -> str:
    """Opens sessions until one's token is signed by another key: the running server notices a rotation by itself."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        token = authority.open(SUBJECT).access_token
        if jwt.get_unverified_header(token)["kid"] != jwt.get_unverified_header(before)["kid"]:
            return token
        time.sleep(0.2)
    raise AssertionError("the running server never signed with the new key")


def authlib_client(server: Server, client: Client, method: str, opened: Credentials) -> OAuth2Session:
    """authlib's client, which holds the tokens of a session that was opened for it."""
    token = {"access_token": opened.access_token, "refresh_token": opened.refresh_token, "token_type": "Bearer"}
    return OAuth2Session(client.id, client.secret, token_endpoint_auth_method=method, token=token)


@pytest.fixture(params=["client_secret_basic", "client_secret_post"])
def method(request: pytest.FixtureRequest) -> str:
    """Both ways of RFC 6749 section 2.3.1 to say who the client is."""
    return str(request.param)


def test_authlib_finds_the_endpoints_in_our_metadata(server: Server) -> None:
    metadata = server.get(METADATA).json()
    issuer = metadata["issuer"]
    assert issuer.startswith("http://") and issuer.rpartition(":")[2] == server.url.rpartition(":")[2]
    for name in ("token", "revocation", "introspection"):
        assert metadata[f"{name}_endpoint"].startswith(issuer + "/")
        methods = metadata[f"{name}_endpoint_auth_methods_supported"]
        assert {"client_secret_basic", "client_secret_post"} <= set(methods)
    assert metadata["jwks_uri"] == issuer + JWKS
    assert metadata["grant_types_supported"] == ["refresh_token"]
    assert isinstance(metadata["response_types_supported"], list)


def test_authlib_refreshes_introspects_and_revokes(server: Server, method: str) -> None:
    client = add_client(server.data, "sessions", "introspect")
    opened = Authority(server.url, client).open(SUBJECT)
    endpoints = server.get(METADATA).json()
    with authlib_client(server, client, method, opened) as session:
        session.trust_env = False
        renewed = session.refresh_token(endpoints["token_endpoint"], refresh_token=opened.refresh_token)
        assert renewed["refresh_token"] != opened.refresh_token and renewed["token_type"].lower() == "bearer"
        assert 0 < renewed["expires_in"] <= 900
        introspection = endpoints["introspection_endpoint"]
        answer = session.introspect_token(introspection, token=renewed["access_token"]).json()
        assert answer["active"] is True and answer["sub"] == SUBJECT and answer["client_id"] == client.id
        revoked = session.revoke_token(endpoints["revocation_endpoint"], token=renewed["refresh_token"])
        assert revoked.status_code == 200
        for token in (opened.access_token, renewed["access_token"], renewed["refresh_token"]):
            assert session.introspect_token(introspection, token=token).json() == {"active": False}


def test_authlib_sees_oauth_s_own_error_when_a_session_is_over(server: Server, method: str) -> None:
    client = add_client(server.data, "sessions", "introspect")
    authority = Authority(server.url, client)
    opened = authority.open(SUBJECT)
    expect(authority.logout(opened.session_token), 200)
    with authlib_client(server, client, method, opened) as session:
        session.trust_env = False
        with pytest.raises(Exception, match="invalid_grant"):
            session.refresh_token(server.url + "/token", refresh_token=opened.refresh_token)


def test_token_answers_are_never_stored_and_a_bad_secret_is_told_so(server: Server) -> None:
    authority = server.authority()
    opened = authority.open(SUBJECT)
    answer = expect(authority.refresh(opened.refresh_token), 200)
    assert "no-store" in answer.headers["Cache-Control"]
    stranger = Authority(server.url, Client(authority.client.id, "exc_" + "A" * 43))
    for response in (stranger.refresh(opened.refresh_token), stranger.revoke(opened.refresh_token)):
        assert expect(response, 401).json()["error"] == "invalid_client"
        assert "Basic" in response.headers["WWW-Authenticate"]


def test_a_hint_is_only_a_hint_and_an_unknown_token_is_revoked_gladly(server: Server) -> None:
    authority = server.authority()
    for hint in ("access_token", "refresh_token", "nonsense"):
        opened = authority.open(SUBJECT)
        expect(authority.revoke(opened.refresh_token, hint), 200)
        assert not authority.is_active(opened.access_token) and not authority.is_active(opened.refresh_token)
    for unknown in ("nothing", "exr_" + "A" * 71, "a.b.c", "exs_" + "A" * 43):
        expect(authority.revoke(unknown), 200)


def test_a_client_cannot_revoke_or_refresh_what_another_client_opened(server: Server) -> None:
    owner, other = server.authority(), server.authority()
    opened = owner.open(SUBJECT)
    for token in (opened.refresh_token, opened.access_token):
        expect(other.revoke(token), 200, 400)
    assert expect(other.refresh(opened.refresh_token), 400).json()["error"] == "invalid_grant"
    assert owner.is_active(opened.access_token)
    expect(owner.refresh(opened.refresh_token), 200)


def run_schemathesis(server: Server, *options: str) -> None:
    """Fuzzes every operation of the OpenAPI file; a 5xx or an answer that the file does not name is a failure."""
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    finished = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", server.url + OPENAPI, "--checks", checks]
        + ["--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--generation-deterministic"]
        + ["--suppress-health-check", "all", "--request-timeout", str(PATIENCE)]
        + ["--exclude-path-regex", "^/(session/events|v1/feed)", "--no-color", "--continue-on-failure", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=server.data.parent,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert finished.returncode == 0, f"{finished.stdout[-12000:]}\n{finished.stderr[-2000:]}"
    print(finished.stdout[-1500:])


def test_schemathesis_as_a_client_finds_no_server_error_and_no_undocumented_answer(start: Starter) -> None:
    server = start()
    client = add_client(server.data, "sessions", "introspect", "admin")
    run_schemathesis(server, "--auth", f"{client.id}:{client.secret}")
    assert server.get("/healthz").status_code == 200


def test_schemathesis_as_a_signed_in_browser_finds_none_either(start: Starter) -> None:
    server = start()
    visitor = server.visitor().sign_in(server.accounts[0])
    cookie = f"{SESSION_COOKIE}={visitor.cookies()[SESSION_COOKIE]}"
    headers = ["-H", "Sec-Fetch-Site: same-origin", "-H", f"Cookie: {cookie}"]
    run_schemathesis(server, *headers, "--exclude-path-regex", "^/(v1|token|revoke|introspect|session/events)")
    assert server.get("/healthz").status_code == 200


def test_the_good_answers_are_what_the_openapi_file_says(start: Starter) -> None:
    server = start()
    schema = schemathesis.openapi.from_url(server.url + OPENAPI)
    authority, visitor = server.authority("sessions", "introspect", "admin"), server.visitor()

    def check(response: requests.Response, method: str, path: str, status: int) -> Any:
        schema[path][method].validate_response(expect(response, status))
        return response.json() if "json" in response.headers.get("Content-Type", "") else None

    device = {"user_agent": "Firefox", "address": "192.0.2.1", "label": "Kitchen"}
    opened = Credentials.of(
        check(authority.try_open("a/b c", remember=True, device=device), "POST", "/v1/sessions", 201)
    )
    renewed = check(authority.refresh(opened.refresh_token), "POST", "/token", 200)
    for token in (renewed["access_token"], renewed["refresh_token"], opened.session_token):
        answer = authority.request("POST", "/introspect", data={"token": token})
        assert check(answer, "POST", "/introspect", 200)["active"] is True
    again = Credentials.of(check(authority.resume(opened.remember_token or ""), "POST", "/v1/sessions/resume", 201))
    listing = authority.request("GET", subject_path("a/b c"))
    assert len(check(listing, "GET", "/v1/subjects/{sub}/sessions", 200)["sessions"]) == 2
    check(authority.end("a/b c", again.session_id), "DELETE", "/v1/subjects/{sub}/sessions/{id}", 200)
    check(authority.end_all("a/b c"), "DELETE", "/v1/subjects/{sub}/sessions", 200)
    check(authority.event("a/b c", "factor_changed"), "POST", "/v1/subjects/{sub}/events", 200)
    check(authority.logout(authority.open("x").session_token), "POST", "/v1/logout", 200)
    check(authority.revoke(authority.open("x").refresh_token), "POST", "/revoke", 200)
    named = {"sub_id": {"format": "opaque", "id": "x"}}
    answer = authority.request("POST", GLOBAL_REVOCATION, json=named)
    check(answer, "POST", GLOBAL_REVOCATION, 204)
    check(authority.request("POST", "/v1/logout-all"), "POST", "/v1/logout-all", 200)
    for path in ("/healthz", "/readyz", "/metrics", METADATA, JWKS, OPENAPI, "/login", "/signed-out", "/session"):
        check(server.get(path), "GET", path, 200)
    account = server.accounts[0]
    check(visitor.try_sign_in(account.email, account.password, remember="1"), "POST", "/login", 303)
    for path in ("/account/sessions", "/account", "/session"):
        check(visitor.get(path), "GET", path, 200)
    check(visitor.get("/"), "GET", "/", 303)
    signed_out = visitor.post("/logout", {"scope": "current"}, headers={"Accept": "application/json"})
    check(signed_out, "POST", "/logout", 200)


def test_the_openapi_file_names_every_route_that_the_server_has(server: Server) -> None:
    document = server.get(OPENAPI).json()
    assert document["openapi"].startswith("3.1")
    named = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    for method, path in (
        ("POST", "/token"),
        ("POST", "/revoke"),
        ("POST", "/introspect"),
        ("POST", "/logout"),
        ("POST", "/login"),
        ("GET", "/session"),
        ("GET", "/session/events"),
        ("POST", "/v1/sessions"),
        ("POST", "/v1/logout"),
    ):
        assert (method, path) in named, f"{method} {path} is not in the OpenAPI file"
    for _, path in named:
        if "{" not in path and not path.startswith(("/session/events", "/v1/feed")):
            assert requests.options(server.url + path, timeout=PATIENCE).status_code != 404, path


def test_the_openapi_file_in_the_documentation_is_the_one_that_is_served(server: Server) -> None:
    yaml = pytest.importorskip("yaml")
    written = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
    if not written.exists():
        pytest.skip("docs/openapi.yaml is not there")
    served = server.get(OPENAPI).json()
    document = yaml.safe_load(written.read_text())
    assert served["paths"].keys() == document["paths"].keys()
