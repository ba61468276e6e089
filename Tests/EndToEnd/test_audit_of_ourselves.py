"""`exeunt audit` on Exeunt itself and on the examples, with the target files of `examples/audit`, finds nothing.

All are behind TLS, as they are in earnest, with a certificate that the audit is told to trust.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from applications import DJANGO_ASGI, EXAMPLES, EXPRESS, HUMMINGBIRD, NEXTJS_SHAPED, Application
from browser import first_page, profile
from exeunt import PATIENCE
from notes import PASSWORDS, Notes
from server import BINARY, Server, Starter
from tls import self_signed, start_with_tls
from tls_front import listening, tls_front
from token_resource import resource

NOT_HERE = ["--skip", "session-timing"]
"""It measures milliseconds, which a busy machine adds where it likes. What it finds in the examples now and then is so
by design: about a token that was signed the authority is asked, and one that never was is refused at once. That tells
something to whoever has the ended token alone.
"""

BROWSER = {"browser-reopened", "browser-back", "browser-back-cached", "browser-next-user"}
"""What Chromium must have shown wherever there are pages."""

ENOUGH_PROBES = 20
"""Fewer that pass would mean that the audit saw little of the application."""


def audit(target: str, certificate: Path, **values: str) -> dict[str, str]:
    """The verdicts of an audit with one of the target files."""
    command = [str(BINARY), "audit", str(EXAMPLES / f"audit/{target}.yaml"), "--ca", str(certificate), "--json"]
    options = ["--fail-on", "warning", "--allow-password-change", "--patience", "1s", "--rate", "1000"]
    environment = os.environ | {f"AUDIT_{name.upper()}": value for name, value in values.items()}
    done = subprocess.run(
        [*command, *options, *NOT_HERE], env=environment, capture_output=True, text=True, timeout=PATIENCE * 2
    )
    assert done.returncode in (0, 1), done.stderr
    probes = json.loads(done.stdout)["probes"]
    wrong = [probe for probe in probes if probe["verdict"] not in ("pass", "not-applicable")]
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert done.returncode == 0
    return {probe["id"]: probe["verdict"] for probe in probes}


def passed(verdicts: dict[str, str]) -> set[str]:
    """The probes that pass."""
    return {probe for probe, verdict in verdicts.items() if verdict == "pass"}


def test_nothing_is_found_at_the_authority_s_own_pages(start: Starter, tmp_path: Path) -> None:
    server = start_with_tls(start, tmp_path)
    ada = server.accounts[0]
    verdicts = audit(
        "authority",
        Path(str(server.verify)),
        url=server.url,
        user=ada.email,
        password=ada.password,
        new_password=f"{ada.password}-and-more",
        second_user=server.accounts[1].email,
        second_password=server.accounts[1].password,
    )
    wanted = BROWSER | {
        "session-cookie-replay",
        "remember-me-alone",
        "everywhere",
        "others",
        "end-device",
        "password-change",
    }
    assert passed(verdicts) >= wanted | {"event-stream-after-logout", "cookie-secure", "cookie-prefix"}


def test_the_recorder_makes_a_target_file_of_a_sign_in_behind_tls(
    start: Starter, playwright: Playwright, tmp_path: Path
) -> None:
    server = start_with_tls(start, tmp_path)
    ada, target = server.accounts[0], tmp_path / "target.yaml"
    environment = os.environ | {"AUDIT_USER": ada.email, "AUDIT_PASSWORD": ada.password}
    command = [str(BINARY), "audit", "record", server.url, "--ca", str(server.verify), "--output", str(target)]
    recorder = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert recorder.stderr is not None
        url = recorder.stderr.readline().rpartition(" is at ")[2].strip().rstrip("/")
        with profile(playwright, tmp_path / "profile") as context:
            page = first_page(context)
            page.goto(url)
            page.fill("[name=email]", ada.email)
            page.fill("[name=password]", ada.password)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/account/sessions")
            page.goto(url + "/account")
            page.goto(url + "/account/sessions")
            page.get_by_role("button", name="Sign out", exact=True).first.click()
            page.wait_for_url("**/signed-out*")
        recorder.send_signal(signal.SIGINT)
        said = recorder.communicate(timeout=PATIENCE)[1]
    finally:
        recorder.kill()
    assert "tried: it signs in and out" in said
    assert ada.password not in target.read_text() + said


def test_a_certificate_that_nobody_trusts_is_told_with_what_to_do(start: Starter, tmp_path: Path) -> None:
    server = start_with_tls(start, tmp_path)
    command = [str(BINARY), "audit", "init", server.url]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and "--ca" in done.stderr and "BoringSSL" not in done.stderr, done.stderr


@pytest.mark.parametrize("target", ["api", "revoke"])
def test_nothing_is_found_at_the_api(server: Server, tmp_path: Path, target: str) -> None:
    authority = server.authority()
    certificate, key = self_signed(tmp_path)
    listener, port = listening()
    with resource(authority) as behind, tls_front(certificate, key, listener, behind):
        client = base64.b64encode(f"{authority.client.id}:{authority.client.secret}".encode()).decode()
        verdicts = audit(target, certificate, url=f"https://localhost:{port}", client=client)
    wanted = {"access-token-after-logout", "refresh-after-logout", "refresh-rotation", "refresh-reuse", "refresh-race"}
    assert passed(verdicts) >= wanted | {"refresh-reuse-consequence", "jwt-signature", "jwt-algorithm-swap"}
    assert target == "revoke" or passed(verdicts) >= {"everywhere", "others", "end-device"}


@pytest.mark.parametrize("application", [EXPRESS, DJANGO_ASGI, HUMMINGBIRD, NEXTJS_SHAPED], ids=lambda one: one.name)
def test_nothing_is_found_in_an_example(
    server: Server, run: Callable[..., Notes], tmp_path: Path, application: Application
) -> None:
    certificate, key = self_signed(tmp_path)
    listener, port = listening()
    url = f"https://localhost:{port}"
    settings = application.environment | {"NOTES_URL": url}
    notes = run(server, dataclasses.replace(application, environment=settings))
    with tls_front(certificate, key, listener, notes.port):
        password = PASSWORDS["ada"]
        verdicts = audit(
            application.name,
            certificate,
            url=url,
            user="ada",
            password=password,
            new_password=f"{password}-and-more",
            second_user="grace",
            second_password=PASSWORDS["grace"],
        )
    wanted = BROWSER | {"session-cookie-replay", "access-token-after-logout", "everywhere", "others", "cookie-secure"}
    assert passed(verdicts) >= wanted | {"cookie-prefix", "event-stream-after-logout", "request-race"}
    assert len(passed(verdicts)) >= ENOUGH_PROBES
