"""The command, as an operator and as a script use it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from exeunt import PATIENCE, Authority, expect
from server import BINARY, Server, Starter, add_client, command, command_json, command_lines, environment


@pytest.fixture
def data(start: Starter) -> Path:
    """The data folder of a server that has run and was stopped."""
    server = start()
    server.stop()
    return server.data


# Clients


def test_a_client_is_added_listed_used_and_removed_while_the_server_runs(server: Server) -> None:
    client = add_client(server.data, "sessions", "introspect", name="shop")
    assert client.secret.startswith("exc_")
    listed = command_lines("clients", "list", data=server.data)
    mine = next(entry for entry in listed if client.id in entry.values())
    assert "shop" in mine.values() and client.secret not in json.dumps(listed)
    assert client.id in command("clients", "list", data=server.data).stdout
    app = Authority(server.url, client)
    opened = app.open("user")
    command("clients", "remove", client.id, data=server.data)
    expect(app.try_open("user"), 401)
    assert client.id not in command("clients", "list", data=server.data).stdout
    expect(app.refresh(opened.refresh_token), 401)


def test_a_client_that_is_not_there_cannot_be_removed_and_an_unknown_scope_not_given(server: Server) -> None:
    command("clients", "remove", "nobody", data=server.data, expected=1)
    refused = command("clients", "add", "x", "--scope", "everything", data=server.data, expected=None)
    assert refused.returncode != 0 and "sessions" in refused.stderr


# Sessions


def test_an_operator_lists_and_ends_sessions_and_the_open_page_hears_of_it(server: Server) -> None:
    visitor = server.visitor().sign_in(server.accounts[0])
    session_id, subject = visitor.session()["session_id"], visitor.session()["subject"]
    listed = command_lines("sessions", "list", "--subject", subject, data=server.data)
    assert session_id in [row["id"] for row in listed]
    assert session_id in command("sessions", "list", "--subject", subject, data=server.data).stdout
    with visitor.listen() as stream:
        receipt = command_json("sessions", "end", session_id, data=server.data)
        assert receipt["ended_sessions"] == 1
        assert "ended_by_administrator" in read_until_closed(stream)
    assert not visitor.is_signed_in()
    command("sessions", "end", session_id, data=server.data, expected=1)


def test_an_operator_ends_a_subject_s_sessions_and_everyone_s(start: Starter) -> None:
    server = start()
    authority = server.authority()
    opened = [authority.open(subject) for subject in ("a", "a", "b", "c")]
    assert command_json("sessions", "end", "--subject", "a", data=server.data)["ended_sessions"] == 2
    assert [authority.is_active(each.access_token) for each in opened] == [False, False, True, True]
    assert command_json("sessions", "end", "--everyone", data=server.data)["ended_sessions"] == 2
    assert not any(authority.is_active(each.session_token) for each in opened)
    again = authority.open("b")
    assert authority.is_active(again.access_token) and authority.is_active(again.session_token)


def read_until_closed(stream: requests.Response) -> str:
    """All that an event stream says until the server closes it."""
    return b"".join(stream.iter_content(None)).decode()


# Keys


def test_keys_are_listed_and_rotated_and_the_log_says_so(server: Server) -> None:
    before = command_lines("keys", "list", data=server.data)
    command("keys", "rotate", data=server.data)
    after = command_lines("keys", "list", data=server.data)
    assert len(after) == len(before) + 1
    assert "private" not in json.dumps(after) and command("keys", "list", data=server.data).stdout
    assert events(server, "--type", "key.rotated")


# The audit trail


def events(server: Server, *filters: str) -> list[dict[str, Any]]:
    """The audit trail as JSON lines."""
    return command_lines("log", *filters, data=server.data)


def test_the_log_tells_who_did_what_to_which_session_from_where_and_why(server: Server, authority: Authority) -> None:
    visitor = server.visitor(agent="Mozilla/5.0 Firefox/140.0 AuditProbe").sign_in(server.accounts[1])
    state = visitor.session()
    visitor.sign_out()
    mine = events(server, "--subject", state["subject"])
    kinds = [event["type"] for event in mine]
    assert "session.opened" in kinds and "session.ended" in kinds
    ended = next(e for e in mine if e["type"] == "session.ended" and state["session_id"] in e.values())
    said = json.dumps(ended)
    for part in ("signed_out", "198.18.", "AuditProbe"):
        assert part in said, f"{part} is not in {said}"
    assert all(event["type"] == "session.ended" for event in events(server, "--type", "session.ended"))


def test_the_log_is_filtered_by_time_and_readable_as_text(server: Server, authority: Authority) -> None:
    authority.open("timed")
    assert events(server, "--subject", "timed", "--since", "2020-01-01T00:00:00Z")
    assert not events(server, "--subject", "timed", "--since", "2999-01-01T00:00:00Z")
    assert not events(server, "--subject", "timed", "--until", "2020-01-01T00:00:00Z")
    assert "session.opened" in command("log", "--subject", "timed", data=server.data).stdout
    assert command("log", "--type", "no.such", data=server.data, expected=None).returncode != 0


def test_no_secret_ever_reaches_a_log(server: Server, authority: Authority) -> None:
    opened = authority.open("secretive", remember=True)
    authority.refresh(opened.refresh_token)
    authority.logout(opened.session_token)
    account = server.accounts[0]
    visitor = server.visitor().sign_in(account, remember=True)
    cookies = visitor.cookies()
    server.visitor().try_sign_in(account.email, "a-wrong-password-of-mine")
    visitor.sign_out()
    trail = command("log", "--json", data=server.data).stdout + server.log_tail(100_000)
    secrets = [opened.session_token, opened.access_token, opened.refresh_token, opened.remember_token or "-"]
    for secret in [*secrets, *cookies.values(), authority.client.secret, "a-wrong-password-of-mine"]:
        assert secret not in trail


# The doctor


def test_the_doctor_finds_a_good_folder_good_with_and_without_a_server(server: Server, data: Path) -> None:
    for folder in (server.data, data):
        assert command_json("doctor", data=folder)
        assert command("doctor", data=folder).stdout


@pytest.mark.sqlite_only(reason="it damages the file")
def test_the_doctor_finds_a_damaged_database_bad(data: Path) -> None:
    database = data / "exeunt.sqlite"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database.read_bytes())
    for offset in range(4096, len(content) - 64, 4096):
        content[offset : offset + 64] = b"\xa5" * 64
    database.write_bytes(content)
    assert command("doctor", data=data, expected=None).returncode in (1, 2)


def test_the_doctor_finds_a_master_key_that_others_may_read_bad(data: Path) -> None:
    (data / "master.key").chmod(0o644)
    found = command("doctor", data=data, expected=1)
    assert "master.key" in found.stdout + found.stderr


def test_the_doctor_finds_a_missing_master_key_bad(data: Path) -> None:
    (data / "master.key").unlink()
    found = command("doctor", data=data, expected=1)
    assert "master" in (found.stdout + found.stderr).lower()
    assert not (data / "master.key").exists(), "the doctor changes nothing"


# Manners


@pytest.mark.parametrize(
    "words",
    [[], ["serve"], ["clients"], ["clients", "add"], ["sessions", "end"], ["keys", "rotate"], ["log"], ["doctor"]],
    ids=" ".join,
)
def test_help_is_there_for_every_command(words: list[str]) -> None:
    shown = command(*words, "--help").stdout
    assert "USAGE" in shown.upper() and len(shown) > 80


def test_a_command_that_cannot_try_exits_with_2(tmp_path: Path) -> None:
    for words in (["no-such-command"], ["clients", "add"], ["serve", "--colour", "red"], ["log", "--since", "noon"]):
        folder = tmp_path if words[0] in ("clients", "log", "serve") else None
        assert command(*words, data=folder, expected=2).stderr
    for words in (["clients", "list"], ["sessions", "list", "--subject", "a"], ["keys", "list"], ["log"]):
        failed = command(*words, data=tmp_path / "missing", expected=2)
        assert "missing" in failed.stderr
    assert not (tmp_path / "missing").exists(), "looking made a data folder"


def test_output_that_nobody_reads_any_more_is_no_crash(server: Server) -> None:
    reader = subprocess.Popen(
        [str(BINARY), "log", "--json", "--data", str(server.data)],
        env=environment(data=server.data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert reader.stdout is not None
    reader.stdout.close()
    reader.wait(PATIENCE)
    assert reader.returncode >= -13, "it crashed"
