"""Three nodes of one authority: whatever one of them did is so on each of the others when it has answered."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import jwt
import pytest

from exeunt import DEVICES, JWKS, PATIENCE, REMEMBER_COOKIE, Authority, Client, Credentials, Visitor, expect
from fleet import accepted_by, eventually, followed
from follower import Follower, claims_of
from nodes import Nodes
from server import command, command_json

pytestmark = pytest.mark.postgres

ROUNDS = 300
AT_ONCE = 6
ENDINGS = 10


@pytest.fixture(scope="module")
def client(nodes: Nodes) -> Client:
    """An app."""
    return nodes.client()


@pytest.fixture
def apps(nodes: Nodes, client: Client) -> list[Authority]:
    """The app at each of the nodes."""
    return nodes.authorities(client)


def tokens_of(opened: Credentials) -> list[str]:
    """All that lets in."""
    return [opened.access_token, opened.session_token, opened.refresh_token]


# Sessions


def test_a_session_is_checked_listed_refreshed_and_ended_on_any_node(apps: list[Authority]) -> None:
    one, two, three = apps
    opened = one.open("somebody")
    for app in apps:
        assert all(app.is_active(token) for token in tokens_of(opened))
        assert opened.session_id in {session["id"] for session in app.sessions("somebody")}
    renewed = expect(two.refresh(opened.refresh_token), 200).json()
    for app in apps:
        assert app.is_active(renewed["access_token"])
        assert app.is_active(renewed["refresh_token"])
    assert expect(three.end("somebody", opened.session_id), 200).json()["ended_sessions"] == 1
    for app in apps:
        for token in [*tokens_of(opened), renewed["access_token"], renewed["refresh_token"]]:
            assert not app.is_active(token)
        assert opened.session_id not in {session["id"] for session in app.sessions("somebody")}
        assert expect(app.refresh(renewed["refresh_token"]), 400).json()["error"] == "invalid_grant"


def test_an_app_and_an_account_are_known_on_every_node_at_once(nodes: Nodes) -> None:
    added = nodes.client("sessions", "introspect")
    for number in range(3):
        opened = nodes.authority(number, added).open("somebody")
        assert nodes.authority((number + 1) % 3, added).is_active(opened.access_token)
    for account in nodes[0].accounts:
        for number in range(3):
            assert nodes.visitor(number).sign_in(account).is_signed_in()


def test_every_node_knows_a_new_signing_key_before_any_of_them_signs_with_it(
    nodes: Nodes, apps: list[Authority]
) -> None:
    def key_of(token: str) -> str:
        return str(jwt.get_unverified_header(token)["kid"])

    old = {key_of(app.open("somebody").access_token) for app in apps}
    command("keys", "rotate", data=nodes.folders[1])
    signers = [""] * 3

    def look() -> bool:
        for number, app in enumerate(apps):
            token = app.open("somebody").access_token
            signers[number] = key_of(token)
            for other, server in zip(apps, nodes.servers.values(), strict=True):
                assert signers[number] in server.get(JWKS).text, "a key that is not in the key set of each"
                assert other.is_active(token)
        return len(set(signers)) == 1 and signers[0] not in old

    eventually(look, "all nodes sign with the new key")


def test_a_browser_that_signs_out_at_one_node_is_signed_out_at_each(nodes: Nodes) -> None:
    here = nodes.visitor(0).sign_in(nodes[0].accounts[0])
    cookies = here.cookies()
    there = [Visitor(url).carry(cookies) for url in nodes.urls]
    assert all(visitor.is_signed_in() for visitor in there)
    expect(there[2].sign_out(), 303)
    assert not any(Visitor(url).carry(cookies).is_signed_in() for url in nodes.urls)


def test_a_remembered_login_is_resumed_at_another_node(nodes: Nodes, apps: list[Authority]) -> None:
    one, two, three = apps
    opened = one.open("remembered", remember=True)
    assert opened.remember_token
    resumed = Credentials.of(expect(two.resume(opened.remember_token), 201).json())
    assert three.is_active(resumed.access_token)
    visitor = nodes.visitor(0).sign_in(nodes[0].accounts[0], remember=True)
    only = {REMEMBER_COOKIE: visitor.cookies()[REMEMBER_COOKIE]}
    again = Visitor(nodes.urls[1]).carry(only)
    again.get(DEVICES)
    assert again.is_signed_in()


def test_one_refresh_token_at_all_nodes_at_once_has_one_successor(apps: list[Authority], client: Client) -> None:
    everywhere = [Authority(app.url, client) for app in apps for _ in range(2)]
    with ThreadPoolExecutor(len(everywhere)) as pool:
        token = apps[0].open("hurried").refresh_token
        for _ in range(40):
            # A barrier, so that they really meet.
            together = threading.Barrier(len(everywhere))

            def refresh(app: Authority, token: str = token, together: threading.Barrier = together) -> str:
                together.wait(PATIENCE)
                return str(expect(app.refresh(token), 200).json()["refresh_token"])

            successors = set(pool.map(refresh, everywhere))
            assert len(successors) == 1, f"{len(successors)} lineages"
            token = successors.pop()
    assert all(app.is_active(token) for app in apps)


def test_what_is_ended_everywhere_is_what_the_receipt_counts_while_others_open(
    apps: list[Authority], client: Client
) -> None:
    subject = f"busy-{random.randrange(2**32)}"
    stop = threading.Event()

    def open_many(url: str) -> list[tuple[float, Credentials, float]]:
        app, opened = Authority(url, client), []
        is_last = False
        while not is_last:
            # One more after all is ended, which nothing may touch.
            is_last = stop.is_set()
            asked = time.monotonic()
            opened.append((asked, app.open(subject), time.monotonic()))
            time.sleep(random.uniform(0, 0.02))
        return opened

    counted = 0
    endings = []
    with ThreadPoolExecutor(4) as pool:
        opening = [pool.submit(open_many, apps[number].url) for number in (1, 2, 2, 0)]
        for _ in range(ENDINGS):
            time.sleep(random.uniform(0.05, 0.2))
            asked = time.monotonic()
            counted += expect(apps[0].end_all(subject), 200).json()["ended_sessions"]
            endings.append((asked, time.monotonic()))
        stop.set()
        opened = [one for future in opening for one in future.result()]
    listed = {session["id"] for session in apps[1].sessions(subject)}
    over = 0
    for asked, credentials, answered in opened:
        alive = {app.is_active(token) for app, token in zip(apps, tokens_of(credentials), strict=True)}
        assert alive == {credentials.session_id in listed}, "the nodes, or a session's tokens, disagree"
        over += alive == {False}
        if any(answered < asked_to_end for asked_to_end, _ in endings):
            assert alive == {False}, "opened before it was asked for, and still live"
        if all(asked > ended for _, ended in endings):
            assert alive == {True}, "opened after the last answer, and gone"
    assert over == counted, f"{over} of {len(opened)} are over, and the receipts count {counted}"


# Verifiers, streams and commands


def test_a_page_that_listens_at_one_node_hears_of_a_sign_out_at_another(nodes: Nodes) -> None:
    for _ in range(5):
        here = nodes.visitor(0).sign_in(nodes[0].accounts[1])
        with Visitor(nodes.urls[1]).carry(here.cookies()).listen() as stream:
            expect(stream, 200)
            expect(here.sign_out(), 303)
            said = b"".join(stream.iter_content(None)).decode()
        assert "signed-out" in said and '"signed_out"' in said, said


def test_no_verifier_at_any_node_accepts_what_a_node_has_said_is_over(
    nodes: Nodes, client: Client, apps: list[Authority]
) -> None:
    with followed(nodes, client) as followers, ThreadPoolExecutor(AT_ONCE) as pool:
        rounds = list(pool.map(lambda number: open_and_end(nodes, client, followers, number), range(ROUNDS)))
    wrong = [fault for faults, _ in rounds for fault in faults]
    assert not wrong, wrong[:10]
    live = sum(accepted for _, accepted in rounds)
    assert live > ROUNDS, f"only {live} of {3 * ROUNDS} live tokens were accepted: nothing was shown"
    assert all(follower.polls > 20 for follower in followers)


def open_and_end(nodes: Nodes, client: Client, followers: list[Follower], number: int) -> tuple[list[str], int]:
    """Opens at one node and ends at another; gives what was wrong, and how many verifiers took it while it was live."""
    chance = random.Random(number)
    opened = nodes.authority(chance.randrange(3), client).open(f"user-{number % 7}")
    claims = claims_of(opened.access_token)
    verdicts = [follower.verdict(claims) for follower in followers]
    wrong = [f"node {at} refused a live token" for at, verdict in enumerate(verdicts) if verdict == "refused"]
    receipt = expect(nodes.authority(chance.randrange(3), client).logout(opened.session_token), 200).json()
    if receipt["settled"] is not True:
        wrong.append(f"not settled: {receipt}")
    wrong += [f"the verifier at node {at} accepted {claims['sid']}" for at in accepted_by(followers, claims)]
    return wrong, verdicts.count("accepted")


def test_each_scope_of_an_ending_reaches_the_verifiers_of_every_node(
    nodes: Nodes, client: Client, apps: list[Authority]
) -> None:
    with followed(nodes, client) as followers:
        for number in range(12):
            one, two, three = apps[number % 3], apps[(number + 1) % 3], apps[(number + 2) % 3]
            subject = f"scopes-{number}"
            kept, gone, bystander = one.open(subject), two.open(subject), three.open("bystander")
            expect(two.logout(kept.session_token, "others"), 200)
            assert accepted_by(followers, claims_of(gone.access_token)) == []
            for follower in followers:
                follower.until_it_has_a_lease()
                assert follower.verdict(claims_of(kept.access_token)) != "refused"
            expect(three.logout(kept.session_token, "everywhere"), 200)
            newer = one.open(subject)
            assert accepted_by(followers, claims_of(kept.access_token)) == []
            for live in (newer, bystander):
                assert "refused" not in {follower.verdict(claims_of(live.access_token)) for follower in followers}
        opened = apps[0].open("all")
        expect(apps[1].request("POST", "/v1/logout-all"), 200)
        assert accepted_by(followers, claims_of(opened.access_token)) == []


def test_an_ending_by_the_command_line_settles_at_every_node(nodes: Nodes, client: Client) -> None:
    with followed(nodes, client) as followers:
        for number in range(3):
            opened = nodes.authority(number, client).open("commanded")
            end_by_command(nodes, opened, followers)
            assert not any(app.is_active(opened.session_token) for app in nodes.authorities(client))


def end_by_command(nodes: Nodes, opened: Credentials, followers: list[Follower]) -> None:
    """Ends a session by the command; once it says so, or at the moment that it names, no verifier accepts it."""
    claims = claims_of(opened.access_token)
    receipt = command_json("sessions", "end", opened.session_id, data=nodes.folders[0])
    assert receipt["ended_sessions"] == 1
    if not receipt["settled"]:
        settles_by = datetime.fromisoformat(receipt["settles_by"])
        eventually(lambda: datetime.now(UTC) > settles_by, "the moment by which it is settled")
    assert accepted_by(followers, claims) == []
    eventually(lambda: all(one.verdict(claims) == "refused" for one in followers), "every verifier hears of it")


def test_one_address_for_all_nodes_serves_a_browser_that_meets_another_at_each_request(nodes: Nodes) -> None:
    cookies = Visitor(nodes.url).sign_in(nodes[0].accounts[0]).cookies()
    for _ in range(6):
        assert Visitor(nodes.url).carry(cookies).is_signed_in()
    expect(Visitor(nodes.url).carry(cookies).sign_out("everywhere"), 303)
    for _ in range(3):
        assert not Visitor(nodes.url).carry(cookies).is_signed_in()
