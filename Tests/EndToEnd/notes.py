"""Starts the example applications, and does with them what a person or a thief does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from queue import Empty, Queue
from typing import Any

import requests

from applications import HUMMINGBIRD, Application
from exeunt import PATIENCE, Client
from ports import free_port
from server import Server, add_client, environment

PASSWORDS = {"ada": "made-up-1", "grace": "made-up-2"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
FOREIGN_PAGES: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example.com"},
    {"Origin": "null"},
    {"X-Nothing": "said"},
    {"Sec-Fetch-Site": "same-site", "Authorization": "Basic YTpi"},
    {"Authorization": "Negotiate YIIB"},
]
"""What a browser says of a request that another site has caused, or that nobody knows the origin of."""

LEASE_MS = 1500
"""A lease that a test can wait for the end of."""


def eventually(is_so: Callable[[], bool]) -> None:
    """Waits until something is so; the run's own patience is the bound."""
    while not is_so():
        time.sleep(0.02)


class Notes:
    """One running instance of an example."""

    def __init__(
        self,
        authority: Server,
        client: Client | None = None,
        *,
        application: Application = HUMMINGBIRD,
        lease_ms: int | None = None,
        mode: str = "feed",
    ) -> None:
        application.check()
        self.application = application
        self.client = client or add_client(authority.data, "sessions", "feed", "introspect", name="notes")
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = authority.data.with_name(f"{application.name}-{self.port}.log")
        settings = {
            "NOTES_PORT": str(self.port),
            "NOTES_AUTHORITY": authority.issuer,
            "NOTES_CLIENT_ID": self.client.id,
            "NOTES_CLIENT_SECRET": self.client.secret,
            "NOTES_PASSWORDS": " ".join(f"{name}:{password}" for name, password in PASSWORDS.items()),
            "NOTES_LEASE_MILLISECONDS": str(lease_ms or ""),
            "NOTES_MODE": mode,
        }
        self._log_file = self.log.open("ab")
        self.process = subprocess.Popen(
            application.command,
            env=environment() | application.environment | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            text=True,
            start_new_session=True,
        )
        self._lines: Queue[str | None] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def until_ready(self) -> Notes:
        """Waits until it serves, which it does once it has a lease."""
        try:
            while line := self._lines.get(timeout=PATIENCE):
                if '"ready"' in line:
                    return self
        except Empty:
            pass
        raise AssertionError(f"it does not serve\n{self.log.read_text()}")

    @property
    def status(self) -> str:
        """What it says of its verifier."""
        return requests.get(self.url + "/status", timeout=PATIENCE).text

    def signal(self, number: int) -> None:
        """Sends a signal to all of its processes, as an init system does."""
        os.killpg(self.process.pid, number)

    def pause(self) -> None:
        """Stops it where it is, as a debugger or an overcommitted host does."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets it go on."""
        self.signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stops it as an init system does, and checks that it took its leave properly."""
        if self.process.poll() is None:
            self.resume()
            self.signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self._log_file.close()
        assert code == 0, f"exit code {code} after SIGTERM\n{self.log.read_text()}"

    def kill(self) -> None:
        """Ends it with no chance to hand its lease back."""
        self.signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._log_file.close()


def outlast_the_lease(notes: Notes) -> None:
    """Waits until no lease of `LEASE_MS` can be left, once nobody is there any more who grants one.

    What is said of it before is not the end: to a process that was kept from running, an answer may still be on its way
    that was given before.
    """
    time.sleep(LEASE_MS / 1000)
    assert notes.status.startswith("lapsed")


class Caller:
    """A browser without a screen, or whoever has copied its cookies."""

    def __init__(self, cookies: dict[str, str] | None = None) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        for name, value in (cookies or {}).items():
            self.http.cookies.set(name, value, domain="localhost.local", path="/")

    def get(self, notes: Notes, path: str = "/notes", **options: Any) -> requests.Response:
        """A request for something private."""
        options.setdefault("timeout", PATIENCE)
        return self.http.get(notes.url + path, allow_redirects=False, **options)

    def post(self, notes: Notes, path: str, form: dict[str, str], **headers: str) -> requests.Response:
        """A form, from one of the application's own pages unless the headers say otherwise."""
        return self.http.post(
            notes.url + path, data=form, headers=headers or OWN_PAGE, allow_redirects=False, timeout=PATIENCE
        )

    def sign_in(self, notes: Notes, name: str = "ada") -> Caller:
        """Signs in with the form."""
        answer = self.post(notes, "/sign-in", {"name": name, "password": PASSWORDS[name]})
        assert answer.status_code == 303, answer.text
        return self

    def sign_out(self, notes: Notes, scope: str = "current") -> dict[str, str]:
        """Signs out, and gives what the receipt says of it: on the page, or where a script asks for it."""
        path = notes.application.sign_out_path
        if path.startswith("/exeunt/"):
            answer = self.post(notes, path, {"scope": scope}, Accept="application/json", **OWN_PAGE)
            assert answer.status_code == 200, answer.text
            receipt = answer.json()
            if not receipt["settled"]:
                return {"pending": ""}
            return {"settled-after": str(receipt["settled_after_ms"])} if receipt["ended_sessions"] else {"nothing": ""}
        answer = self.post(notes, path, {"scope": scope})
        assert answer.status_code == 200, answer.text
        found = re.search(r'id="receipt" data-([a-z-]+)(?:="([^"]*)")?>', answer.text)
        assert found, answer.text
        return {found[1]: found[2] or ""}

    @property
    def cookies(self) -> dict[str, str]:
        """A copy of the cookies that it has now."""
        return {name: value or "" for name, value in self.http.cookies.items()}

    def thief(self) -> Caller:
        """Somebody who has copied all of the cookies."""
        return Caller(self.cookies)
