"""One sign-out ends all: at idpyoidc's provider, two relying parties of Authlib's, and an app of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, Playwright

from browser import profile
from exeunt import PATIENCE
from ports import free_port
from server import Server, add_client, command, command_json

PROGRAMS = Path(__file__).with_name("federation")
INSIDE = ["127.0.0.0/8", "::1"]


@dataclass
class Federation:
    """Where everybody is."""

    provider: str
    parties: dict[str, str]
    """The address of each app, by its name; `ours` is the one whose sessions are Exeunt's."""

    def sign_in(self, page: Page, name: str) -> None:
        """Signs in at every app with the same provider, who asks for the name once."""
        for index, (party, address) in enumerate(self.parties.items()):
            page.goto(f"{address}/login")
            if index == 0:
                page.locator('[name="name"]').fill(name)
                page.get_by_role("button", name="Sign in").click()
            page.get_by_role("heading", name=f"Signed in at {party}").wait_for()
        assert self.who_is_in(page) == {"provider", *self.parties}

    def who_is_in(self, page: Page) -> set[str]:
        """Where this browser is signed in, as it finds out by asking."""
        places = {"provider": self.provider, **self.parties}
        cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
        shown = {
            name: requests.get(address, cookies=cookies, timeout=PATIENCE).text for name, address in places.items()
        }
        return {name for name, text in shown.items() if "Signed in" in text}

    def all_end(self, page: Page) -> None:
        """Waits until nobody accepts anything of this browser any more; what is told afterwards takes a moment."""
        end = time.monotonic() + PATIENCE
        while still := self.who_is_in(page):
            assert time.monotonic() < end, f"still signed in at {still}"
            time.sleep(0.05)


def run(program: str, *arguments: str, **surroundings: str) -> subprocess.Popen[bytes]:
    """Starts one of the programs."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAMS / program), *arguments],
        env=os.environ | surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def answers(address: str, process: subprocess.Popen[bytes]) -> None:
    """Waits until a program listens."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            requests.get(address, timeout=PATIENCE)
        except requests.ConnectionError:
            assert process.poll() is None, f"{address} ended"
            assert time.monotonic() < end, f"{address} never answered"
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Exeunt, the provider and the three apps, who know of each other."""
    data = tmp_path_factory.mktemp("federation") / "data"
    server = Server(data, settings={"outgoing.allow": INSIDE}, demo=False)
    ports = {name: free_port() for name in ("provider", "mail", "wiki", "ours")}
    places = {name: f"http://localhost:{port}" for name, port in ports.items()}
    provider = places.pop("provider")
    ours = add_client(data, "sessions", "introspect", name="ours")
    command("providers", "add", provider, "--audience", "ours", "--accept-untyped", data=data, settings=server.settings)
    hook = command_json(
        "receivers", "add", "--client", ours.id, "--kind", "webhook", "--url", f"{provider}/session-ended",
        data=data, settings=server.settings,
    )  # fmt: skip
    secrets = {name: f"the-secret-of-{name}-that-nobody-guesses" for name in places}
    clients = {
        name: {
            "client_secret": secrets[name],
            "redirect_uris": [[f"{address}/callback", {}]],
            "post_logout_redirect_uris": [f"{address}/"],
            "backchannel_logout_uri": f"{server.url if name == 'ours' else address}/backchannel-logout",
        }
        for name, address in places.items()
    }
    kept_by_exeunt = {"EXEUNT": server.url, "EXEUNT_ID": ours.id, "EXEUNT_SECRET": ours.secret}
    started = [
        run("provider.py", str(ports["provider"]), json.dumps(clients), WEBHOOK_SECRET=hook["secret"]),
        *(
            run(
                "party.py",
                str(ports[name]),
                name,
                secrets[name],
                provider,
                **(kept_by_exeunt if name == "ours" else {}),
            )
            for name in places
        ),
    ]
    try:
        for address, process in zip([provider, *places.values()], started, strict=True):
            answers(address, process)
        yield Federation(provider, places)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(PATIENCE)
        server.stop()


@pytest.fixture
def page(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A browser of its own."""
    with profile(playwright, tmp_path / "profile") as context:
        yield context.new_page()


def test_who_signs_out_at_one_app_is_out_everywhere(federation: Federation, page: Page) -> None:
    federation.sign_in(page, "ada")
    page.goto(federation.parties["mail"])
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign out at the provider?").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("nobody is signed in at mail").wait_for()
    federation.all_end(page)


def test_who_signs_out_at_the_provider_is_out_everywhere(federation: Federation, page: Page) -> None:
    federation.sign_in(page, "bob")
    page.goto(federation.provider)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("nobody is signed in at the provider").wait_for()
    federation.all_end(page)


def test_who_signs_out_at_ours_is_out_everywhere(federation: Federation, page: Page) -> None:
    federation.sign_in(page, "eve")
    page.goto(federation.parties["ours"])
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("nobody is signed in at ours").wait_for()
    federation.all_end(page)


def test_another_person_stays_in(federation: Federation, page: Page, playwright: Playwright, tmp_path: Path) -> None:
    with profile(playwright, tmp_path / "other") as context:
        other = context.new_page()
        federation.sign_in(other, "zoe")
        federation.sign_in(page, "max")
        page.goto(federation.parties["wiki"])
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign out").click()
        federation.all_end(page)
        assert federation.who_is_in(other) == {"provider", *federation.parties}
