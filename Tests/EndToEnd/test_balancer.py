"""What stands in front of several nodes, and what follows them, does as it should: seen on servers of another kind."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from balancer import Balancer
from exeunt import PATIENCE
from follower import Claims, is_hit
from ports import free_port

pytestmark = pytest.mark.postgres

LARGE = b"x" * 3_000_000


class Echo(BaseHTTPRequestHandler):
    """Says which port it is on; a large answer on `/large`; and gives back what it was sent."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """The port."""
        port = str(self.connection.getsockname()[1]).encode()
        self._answer(LARGE if self.path == "/large" else port)

    def do_POST(self) -> None:
        """The same again."""
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))


@contextmanager
def echoing(port: int = 0) -> Iterator[int]:
    """The port of a running server."""
    with ThreadingHTTPServer(("127.0.0.1", port), Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()


@pytest.fixture
def balancer() -> Iterator[Balancer]:
    """One in front of three."""
    with ExitStack() as servers:
        balancer = Balancer()
        balancer.ports = [servers.enter_context(echoing()) for _ in range(3)]
        yield balancer
        balancer.close()


def asked(balancer: Balancer, times: int) -> Counter[int]:
    """Which servers answer, each on a connection of its own, and how often."""
    url = f"http://127.0.0.1:{balancer.port}/"
    return Counter(int(requests.get(url, timeout=PATIENCE).text) for _ in range(times))


def test_each_connection_goes_to_the_next_server(balancer: Balancer) -> None:
    assert asked(balancer, 12) == dict.fromkeys(balancer.ports, 4)


def test_a_server_that_is_not_there_or_taken_out_is_passed_over(balancer: Balancer) -> None:
    one, two, three = balancer.ports
    balancer.ports = [one, two, three, free_port()]
    assert set(asked(balancer, 12)) == {one, two, three}
    balancer.out.add(two)
    assert set(asked(balancer, 12)) == {one, three}
    balancer.out.discard(two)
    assert set(asked(balancer, 12)) == {one, two, three}


def test_when_no_server_is_there_the_connection_is_closed(balancer: Balancer) -> None:
    balancer.ports = [free_port()]
    with pytest.raises(requests.ConnectionError):
        asked(balancer, 1)


def test_all_that_is_said_arrives_in_both_directions(balancer: Balancer) -> None:
    url = f"http://127.0.0.1:{balancer.port}"
    assert requests.get(f"{url}/large", timeout=PATIENCE).content == LARGE
    assert requests.post(url, LARGE, timeout=PATIENCE).content == LARGE
    with requests.Session() as kept:
        assert len({kept.get(url, timeout=PATIENCE).text for _ in range(5)}) == 1


def test_the_follower_knows_whom_a_record_means() -> None:
    claims = {"jti": "j", "sid": "s", "sub": "ada", "ver": 3, "gen": 1}
    hits: list[Claims] = [
        {"kind": "token", "id": "j"},
        {"kind": "session", "id": "s"},
        {"kind": "subject", "subject": "ada", "version": 4, "except": "another"},
        {"kind": "subject", "subject": "ada", "version": 4},
        {"kind": "all", "version": 2},
    ]
    misses: list[Claims] = [
        {"kind": "token", "id": "s"},
        {"kind": "session", "id": "j"},
        {"kind": "subject", "subject": "ada", "version": 3},
        {"kind": "subject", "subject": "ada", "version": 4, "except": "s"},
        {"kind": "subject", "subject": "grace", "version": 4},
        {"kind": "all", "version": 1},
    ]
    assert all(is_hit(claims, record) for record in hits)
    assert not any(is_hit(claims, record) for record in misses)
