"""Starting and stopping the server, and the configuration that it starts with."""

from __future__ import annotations

import json
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from exeunt import HEALTH, METRICS, OPENAPI, PATIENCE, READY, Authority, expect
from server import Server, Starter, command


def test_the_first_line_on_standard_output_says_where_it_answers(start: Starter) -> None:
    server = start()
    assert server.url.startswith("http://127.0.0.1:") and not server.url.endswith(":0")
    for path in (HEALTH, READY):
        assert server.get(path).json()["status"]
    assert server.get(METRICS).headers["Content-Type"].startswith("text/plain")
    assert server.get(OPENAPI).json()["openapi"].startswith("3.1")


def test_files_with_secrets_are_for_their_owner_alone(start: Starter) -> None:
    server = start()
    for name in ("master.key", "demo-accounts.txt"):
        assert stat.S_IMODE((server.data / name).stat().st_mode) == 0o600, name
    for database in server.data.glob("exeunt.sqlite*"):
        assert stat.S_IMODE(database.stat().st_mode) & 0o077 == 0, f"{database.name} can be read by others"


def test_the_demo_passwords_are_made_up_kept_and_printed_at_each_start(start: Starter, tmp_path: Path) -> None:
    first, other = start(tmp_path / "one"), start(tmp_path / "two")
    accounts = first.accounts
    assert [account.email for account in accounts] == ["ada@example.test", "grace@example.test"]
    assert {a.password for a in accounts}.isdisjoint(a.password for a in other.accounts)
    first.stop()
    again = start(tmp_path / "one")
    assert again.accounts == accounts
    for account in accounts:
        assert again.log_tail(1000).count(account.password) >= 2
        assert again.visitor().sign_in(account).is_signed_in()


def test_without_demo_there_are_no_accounts_and_no_passwords(start: Starter) -> None:
    server = start(demo=False)
    assert not (server.data / "demo-accounts.txt").exists()
    assert server.visitor().try_sign_in("ada@example.test", "ada").status_code == 401


def test_sessions_outlive_a_restart(start: Starter) -> None:
    settings = {"public_url": "http://localhost:8080"}
    server = start(settings=settings)
    authority, visitor = server.authority(), server.visitor().sign_in(server.accounts[0])
    opened = authority.open("user")
    server.stop()
    again = start(server.data, settings=settings)
    after = Authority(again.url, authority.client)
    assert again.visitor().carry(visitor.cookies()).is_signed_in()
    assert after.is_active(opened.access_token) and after.is_active(opened.session_token)
    expect(after.refresh(opened.refresh_token), 200)


def test_sigterm_lets_an_open_event_stream_go_and_exits_with_0(start: Starter) -> None:
    server = start()
    visitor = server.visitor().sign_in(server.accounts[0])
    stream = visitor.listen()
    assert expect(stream, 200).headers["Content-Type"].startswith("text/event-stream")
    server.terminate()
    assert server.process.wait(PATIENCE) == 0, server.log_tail()
    assert "signed-out" not in stream.text, "a restart is no sign-out"


def test_sigterm_finishes_the_request_under_way(start: Starter) -> None:
    server = start(settings={"sign_in.scrypt_log2_n": "15"})
    visitor, answers = server.visitor(), []
    account = server.accounts[0]
    thread = threading.Thread(target=lambda: answers.append(visitor.try_sign_in(account.email, account.password)))
    thread.start()
    wait_for_a_request_under_way(server, thread)
    server.terminate()
    thread.join()
    assert [answer.status_code for answer in answers] == [303]
    assert server.process.wait(PATIENCE) == 0


def wait_for_a_request_under_way(server: Server, request: threading.Thread) -> None:
    """Waits until the server burns processor time on the password: there is nothing else for it to do."""
    ticks = cpu_ticks(server)
    deadline = time.monotonic() + PATIENCE
    while cpu_ticks(server) < ticks + 3 and request.is_alive():
        assert time.monotonic() < deadline, "the request never began"
        time.sleep(0.005)


def cpu_ticks(server: Server) -> int:
    """User time of the process so far, in clock ticks."""
    return int(Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()[11])


def test_a_second_start_is_quick(start: Starter) -> None:
    server = start()
    server.stop()
    began = time.perf_counter()
    again = start(server.data)
    expect(again.get(HEALTH), 200)
    print(f"from start to first answer: {(time.perf_counter() - began) * 1000:.0f} ms")


def test_an_occupied_port_is_said_plainly(start: Starter, tmp_path: Path) -> None:
    server = start()
    address = server.url.removeprefix("http://")
    failed = command("serve", "--listen", address, data=tmp_path / "other", expected=None)
    assert failed.returncode == 2 and address.rpartition(":")[2] in failed.stderr, failed.stderr
    assert "ready" not in failed.stdout


# Configuration


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("session.idle_timeout_seconds", "soon", "second"),
        ("session.idle_timeout_seconds", "-5", ""),
        ("session.when_full", "explode", "end_oldest"),
        ("tokens.algorithm", "none", "ES256"),
        ("refresh.reuse_ends", "nothing", "session"),
        ("policy.password_changed", "current", "others"),
        ("logout.clear_cache", "perhaps", "true"),
        ("public_url", "http://id.example.test", "https"),
        ("public_url", "not a url", "http"),
        ("listen", "nowhere", ":"),
        ("trusted_proxies", "my-proxy", "CIDR"),
        ("sign_in.scrypt_log2_n", "99", ""),
        ("log.level", "loud", "info"),
        ("logout.default_return", "//evil.example", "/"),
    ],
)
def test_a_bad_value_stops_the_start_and_says_what_would_be_right(
    tmp_path: Path, key: str, value: str, right: str
) -> None:
    for arguments, settings in (([], {key: value}), (["--config", config_file(tmp_path, {key: value})], {})):
        failed = serve_and_fail(tmp_path, *arguments, settings=settings)
        assert key in failed or f"EXEUNT_{key.replace('.', '_').upper()}" in failed, failed
        assert right.lower() in failed.lower(), failed


@pytest.mark.parametrize("key", ["sesion.idle_timeout_seconds", "session.idle_timeout", "colour", "log.levels"])
def test_an_unknown_key_stops_the_start_by_its_name(tmp_path: Path, key: str) -> None:
    assert key in serve_and_fail(tmp_path, "--config", config_file(tmp_path, {key: "1"}))
    variable = "EXEUNT_" + key.replace(".", "_").upper()
    failed = serve_and_fail(tmp_path, settings={key: "1"})
    assert variable in failed or key in failed, failed


def test_broken_yaml_and_a_missing_file_stop_the_start(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("listen: [unclosed\n  - : :")
    assert "broken.yaml" in serve_and_fail(tmp_path, "--config", str(broken))
    assert "missing.yaml" in serve_and_fail(tmp_path, "--config", str(tmp_path / "missing.yaml"))


def test_a_file_is_obeyed_the_environment_wins_over_it_and_an_option_over_both(tmp_path: Path, start: Starter) -> None:
    file = config_file(tmp_path, {"tokens.access_lifetime_seconds": "120", "listen": "127.0.0.1:1"})
    server = start(arguments=("--config", file), settings={"listen": "127.0.0.1:2"})
    assert expect(server.authority().try_open("user"), 201).json()["expires_in"] == 120
    server.stop()
    again = start(server.data, arguments=("--config", file), settings={"tokens.access_lifetime_seconds": "60"})
    assert expect(again.authority().try_open("user"), 201).json()["expires_in"] == 60


def config_file(folder: Path, settings: dict[str, str]) -> str:
    """A YAML file with these dotted keys, nested as YAML is."""
    lines = []
    for key, value in settings.items():
        *groups, last = key.split(".")
        indent = ""
        for group in groups:
            lines.append(f"{indent}{group}:")
            indent += "  "
        lines.append(f"{indent}{last}: {value if value.isdigit() else json.dumps(value)}")
    path = folder / "exeunt.yaml"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def serve_and_fail(folder: Path, *arguments: str, settings: dict[str, Any] | None = None) -> str:
    """What `exeunt serve` says when it will not start; it must exit with 2 and never say that it is ready."""
    listen = [] if "listen" in str(settings) or "--config" in arguments else ["--listen", "127.0.0.1:0"]
    failed = command("serve", *listen, *arguments, data=folder / "data", settings=settings, expected=2)
    assert "ready" not in failed.stdout
    return failed.stderr
