"""The feed as a verifier sees it over HTTP: polls, leases, and sign-outs that wait for them."""

from __future__ import annotations

import base64
import secrets
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from databases import DATABASES
from exeunt import PATIENCE, Authority, Client, Credentials, expect
from server import Server, Starter, add_client, command, command_lines

LEASE = 60_000
"""Milliseconds: so long that no test passes because a lease has run out."""


class Verifier:
    """One that asks when it is told to, and applies everything that it is told."""

    def __init__(self, server: Server, client: Client, lease: int = LEASE) -> None:
        self.url = server.url
        self.client = client
        self.lease = lease
        self.id = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        self.node: str | None = None
        self.after = 0
        self.ended: set[str] = set()

    def ask(self, wait: int = 0, **changes: Any) -> requests.Response:
        """One poll as it stands."""
        query = {"verifier": self.id, "node": self.node, "after": self.after, "wait": wait, "lease": self.lease}
        query |= changes
        asked = {name: value for name, value in query.items() if value is not None}
        credentials = (self.client.id, self.client.secret)
        return requests.get(f"{self.url}/v1/feed", asked, auth=credentials, timeout=PATIENCE)

    def follow(self, wait: int = 0) -> dict[str, Any]:
        """One poll, and what it says applied."""
        news: dict[str, Any] = expect(self.ask(wait), 200).json()
        assert [r["seq"] for r in news["revocations"]] == sorted({r["seq"] for r in news["revocations"]})
        self.node, self.after = news["node"], news["head"]
        self.ended |= {r["id"] for r in news["revocations"] if r["kind"] == "session"}
        return news

    def hand_back(self) -> None:
        """Gives the lease back."""
        credentials = (self.client.id, self.client.secret)
        expect(requests.delete(f"{self.url}/v1/feed/{self.id}", auth=credentials, timeout=PATIENCE), 204)


@pytest.fixture
def followed(start: Starter) -> Server:
    """A server of its own: whoever follows it delays everybody's sign-outs."""
    return start()


@pytest.fixture
def client(followed: Server) -> Client:
    """A client that may follow."""
    return add_client(followed.data, "feed")


def sign_out(authority: Authority, opened: Credentials, **headers: str) -> requests.Response:
    """Ends a session at the server door."""
    return requests.post(
        f"{authority.url}/v1/logout",
        json={"token": opened.session_token},
        headers=headers,
        auth=(authority.client.id, authority.client.secret),
        timeout=PATIENCE,
    )


def test_a_sign_out_is_answered_when_the_verifier_has_applied_it_and_not_before(
    followed: Server, client: Client
) -> None:
    authority, verifier = followed.authority(), Verifier(followed, client)
    verifier.follow()
    opened = authority.open("ada")
    with ThreadPoolExecutor(1) as pool:
        ending: Future[requests.Response] = pool.submit(sign_out, authority, opened)
        while opened.session_id not in verifier.ended:
            assert not ending.done(), "it was answered before the verifier had heard of it"
            verifier.follow(wait=1000)
        assert not ending.done(), "it was answered before the verifier had acknowledged it"
        verifier.follow()
        receipt = expect(ending.result(PATIENCE), 200).json()
    assert receipt["settled"] is True
    assert receipt["settles_by"] is None


def test_a_caller_that_does_not_want_to_wait_is_told_by_when(followed: Server, client: Client) -> None:
    authority, verifier = followed.authority(), Verifier(followed, client)
    verifier.follow()
    answer = expect(sign_out(authority, authority.open("ada"), Prefer="respond-async"), 202)
    assert answer.headers["Preference-Applied"] == "respond-async"
    receipt = answer.json()
    assert receipt["settled"] is False
    assert receipt["settled_after_ms"] is None
    left = datetime.fromisoformat(receipt["settles_by"]) - datetime.now(UTC)
    assert 0 < left.total_seconds() < 2 * LEASE / 1000
    expect(sign_out(authority, authority.open("ada"), Prefer="wait=1"), 202)


def test_a_sign_out_that_is_repeated_says_no_more_than_the_first(followed: Server, client: Client) -> None:
    authority, verifier = followed.authority(), Verifier(followed, client)
    verifier.follow()
    opened = authority.open("ada")
    for _ in range(2):
        receipt = expect(sign_out(authority, opened, Prefer="respond-async"), 202).json()
        assert receipt["settled"] is False
    dead = opened.refresh_token
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(authority.revoke, dead)
        verifier.follow(wait=1000)
        assert not again.done(), "the token was called revoked while a verifier may still accept its session's"
        verifier.follow()
        expect(again.result(PATIENCE), 200)
    assert expect(sign_out(authority, opened, Prefer="respond-async"), 200).json()["settled"] is True


def test_a_sign_out_that_nobody_waits_for_is_timed_as_well(followed: Server, client: Client) -> None:
    authority = followed.authority()
    Verifier(followed, client, lease=1_500).follow()
    expect(sign_out(authority, authority.open("ada"), Prefer="respond-async"), 202)
    assert metric(followed, "exeunt_settling_seconds_count") == 0
    deadline = time.monotonic() + PATIENCE
    while metric(followed, "exeunt_settling_seconds_count") == 0:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert metric(followed, "exeunt_settling_seconds_sum") > 1
    assert metric(followed, "exeunt_unsettled_seconds") == 0


def metric(server: Server, name: str) -> float:
    """The value of a metric that has no labels; 0 where there is none yet."""
    lines = [line.split() for line in server.get("/metrics").text.splitlines()]
    return next((float(words[1]) for words in lines if words[:1] == [name]), 0)


def test_a_verifier_that_dies_delays_a_sign_out_by_its_lease(followed: Server, client: Client) -> None:
    authority = followed.authority()
    Verifier(followed, client, lease=700).follow()
    receipt = expect(sign_out(authority, authority.open("ada")), 200).json()
    assert receipt["settled"] is True
    assert receipt["settled_after_ms"] > 0


def test_a_lease_that_is_handed_back_delays_nothing(followed: Server, client: Client) -> None:
    authority, verifier = followed.authority(), Verifier(followed, client)
    verifier.follow()
    verifier.hand_back()
    assert expect(sign_out(authority, authority.open("ada")), 200).json()["settled"] is True


def test_a_held_poll_is_answered_with_the_commit_whatever_process_made_it(followed: Server, client: Client) -> None:
    authority, verifier = followed.authority(), Verifier(followed, client)
    verifier.follow()
    opened = authority.open("ada")
    with ThreadPoolExecutor(1) as pool:
        news = pool.submit(verifier.follow, 20_000)
        output = command("sessions", "end", opened.session_id, data=followed.data).stdout
        if DATABASES.of(followed.data) is None:
            assert "at the latest" in output, "the command cannot know that it is settled"
        records = news.result(PATIENCE)["revocations"]
    assert [record["id"] for record in records] == [opened.session_id]


def test_every_kind_of_record_says_what_it_ends(followed: Server, client: Client) -> None:
    authority, verifier = followed.authority("sessions", "admin", "introspect"), Verifier(followed, client)
    verifier.follow()
    one, kept, alone = authority.open("ada"), authority.open("ada"), authority.open("grace")
    quick = {"Prefer": "respond-async"}
    credentials = (authority.client.id, authority.client.secret)
    path = f"{followed.url}/v1/subjects/ada/sessions"
    for method, url, query in [
        ("DELETE", f"{path}/{one.session_id}", None),
        ("DELETE", path, {"except": kept.session_id}),
        ("POST", f"{followed.url}/v1/logout-all", None),
    ]:
        expect(requests.request(method, url, params=query, headers=quick, auth=credentials, timeout=PATIENCE), 202)
    news = verifier.follow()
    session, subject, everyone = news["revocations"]
    assert (session["kind"], session["id"]) == ("session", one.session_id)
    assert (subject["kind"], subject["subject"], subject["except"]) == ("subject", "ada", kept.session_id)
    assert everyone["kind"] == "all"
    assert everyone["version"] > 1
    for record in news["revocations"]:
        assert record["until"] > time.time() + 900, "a token may live for longer than that"
    assert not authority.is_active(alone.access_token)


def test_after_a_restart_sign_outs_wait_for_the_leases_of_before(start: Starter) -> None:
    first = start()
    client = add_client(first.data, "feed")
    verifier = Verifier(first, client, lease=2_000)
    verifier.follow()
    node = verifier.node
    first.kill()
    again = start(first.data)
    receipt = expect(sign_out(again.authority(), again.authority().open("ada")), 200).json()
    assert receipt["settled"] is True
    assert receipt["settled_after_ms"] > 0
    verifier.url = again.url
    news = verifier.follow()
    assert news["node"] != node
    assert news["after"] == 0
    assert news["snapshot"] is True


def test_rubbish_is_refused_and_names_what_is_wrong(followed: Server, client: Client) -> None:
    verifier = Verifier(followed, client)
    rubbish: list[tuple[dict[str, Any], str]] = [
        ({"verifier": "short"}, "verifier"),
        ({"verifier": None}, "verifier"),
        ({"node": "?"}, "node"),
        ({"after": "-1"}, "after"),
        ({"after": "1" * 30}, "after"),
        ({"wait": "long"}, "wait"),
        ({"lease": "3s"}, "lease"),
    ]
    for changes, word in rubbish:
        problem = expect(verifier.ask(**changes), 400).json()
        assert word in problem["detail"], problem
    stranger = add_client(followed.data, "introspect")
    expect(Verifier(followed, stranger).ask(), 403)
    expect(requests.get(f"{followed.url}/v1/feed", timeout=PATIENCE), 401)
    verifier.follow()
    thief = Verifier(followed, add_client(followed.data, "feed"))
    assert expect(thief.ask(verifier=verifier.id), 409).json()["type"] == "/problems/verifier-elsewhere"


def test_a_browser_is_not_kept_waiting_and_is_told_what_is_so(start: Starter) -> None:
    server = start()
    verifier = Verifier(server, add_client(server.data, "feed"))
    verifier.follow()
    visitor, account = server.visitor(), server.accounts[0]
    visitor.sign_in(account)
    answer = expect(visitor.sign_out(), 303)
    assert "settles_by=" in answer.headers["Location"]
    page = visitor.get(answer.headers["Location"])
    assert "until" in page.text
    assert "UTC" in page.text
    visitor.sign_in(account)
    there = expect(visitor.sign_out(return_to="/login?hello=1&x=2"), 303).headers["Location"]
    assert there.startswith("/signed-out?settles_by="), "elsewhere nobody would say so"
    assert 'href="/login?hello=1&amp;x=2"' in visitor.get(there).text
    past = visitor.get("/signed-out?settles_by=2020-01-01T00:00:00.000Z&return_to=//evil.example.com").text
    assert "server" not in past, "an address that anybody can make up promises nothing"
    assert "evil" not in past


def test_the_followers_are_listed_live(followed: Server, client: Client) -> None:
    verifier = Verifier(followed, client)
    verifier.follow()
    listed = command_lines("followers", data=followed.data)
    assert [follower["id"] for follower in listed] == [verifier.id]
    assert listed[0]["lease_left_ms"] > 0
    ages = [line for line in followed.get("/metrics").text.splitlines() if line.startswith("exeunt_follower_lease_age")]
    assert len(ages) == 1
    assert verifier.id in ages[0]
    verifier.hand_back()
    assert command_lines("followers", data=followed.data) == []
