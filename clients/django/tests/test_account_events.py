"""What happens to an account ends the sessions that must not outlive it, and nothing else does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.test.utils import override_settings

from exeunt_django.authority.errors import AuthorityError

from .browsers import browser, cookies_of, is_let_in, nothing_opens, sign_in
from .support import PATIENCE, Authority, server_environment

NewUser = Callable[..., Any]
Use = Callable[..., None]

NEWER = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]
"""The same hashers, of which another one is preferred now."""


def stored(user: Any) -> Any:
    """The user as the database has it."""
    return get_user_model().objects.get(pk=user.pk)


# Passwords


def test_changing_ones_own_password_ends_the_other_sessions_and_keeps_this_one(new_user: NewUser) -> None:
    user = new_user()
    here, there = sign_in(user), sign_in(user)
    form = {"old_password": "right", "new_password1": "Quite-an0ther", "new_password2": "Quite-an0ther"}
    answer = here.post("/password", form)
    assert answer.status_code == 302, answer.content
    assert here.get("/private").status_code == 200
    nothing_opens(cookies_of(there))


def test_a_password_that_somebody_else_sets_ends_all_sessions(new_user: NewUser) -> None:
    user, administrator = new_user(), new_user(is_staff=True, is_superuser=True)
    client, other = sign_in(user), sign_in(administrator)
    form = {"password1": "Quite-an0ther", "password2": "Quite-an0ther", "usable_password": "true"}
    assert other.post(f"/admin/auth/user/{user.pk}/password/", form).status_code == 302
    assert stored(user).check_password("Quite-an0ther")
    nothing_opens(cookies_of(client))
    assert is_let_in(cookies_of(other)), "whoever has set it is not signed out"


def test_a_password_that_is_set_at_the_command_line_ends_all_sessions(new_user: NewUser, authority: Authority) -> None:
    user = new_user()
    client = sign_in(user)
    database = Path(settings.DATABASES["default"]["NAME"])
    # It asks for the password on a terminal, and only that is done for it here.
    script = (
        "import sys, django; django.setup();"
        "from django.core.management import call_command;"
        "from django.contrib.auth.management.commands.changepassword import Command;"
        "Command._get_pass = lambda *_, **__: 'Quite-an0ther';"
        "call_command('changepassword', sys.argv[1])"
    )
    command = [sys.executable, "-c", script, user.get_username()]
    environment = server_environment(authority, database)
    said = subprocess.run(command, env=environment, check=True, timeout=PATIENCE, capture_output=True, text=True)
    assert "lease" not in said.stderr, "a command follows nobody"
    assert stored(user).check_password("Quite-an0ther")
    nothing_opens(cookies_of(client))


def test_a_hash_that_is_assigned_directly_is_a_password_change_too(new_user: NewUser) -> None:
    from django.contrib.auth.hashers import make_password

    for options in ({}, {"update_fields": ["password"]}):
        user = new_user()
        client = sign_in(user)
        user.password = make_password("another")
        user.save(**options)
        nothing_opens(cookies_of(client))


def test_a_password_that_is_made_unusable_ends_all_sessions(new_user: NewUser) -> None:
    user = new_user()
    client = sign_in(user)
    user.set_unusable_password()
    user.save()
    nothing_opens(cookies_of(client))


def test_a_hash_that_is_made_anew_at_a_sign_in_ends_nothing(new_user: NewUser) -> None:
    user = new_user()
    first = sign_in(user)
    old_hash = stored(user).password
    with override_settings(PASSWORD_HASHERS=NEWER):
        second = sign_in(user)
        assert stored(user).password != old_hash, "it was made anew"
    assert browser(cookies_of(first)).get("/exeunt/session").json()["signed_in"]
    assert is_let_in(cookies_of(second))


def test_a_new_password_is_a_password_change_also_where_the_old_hash_was_out_of_date(new_user: NewUser) -> None:
    user = new_user()
    client = sign_in(user)
    with override_settings(PASSWORD_HASHERS=NEWER):
        user.set_password("another")
        user.save(update_fields=["password"])
    nothing_opens(cookies_of(client))


def test_a_hash_that_is_assigned_is_a_password_change_also_where_the_old_one_was_out_of_date(new_user: NewUser) -> None:
    from django.contrib.auth.hashers import make_password

    user = new_user()
    client = sign_in(user)
    with override_settings(PASSWORD_HASHERS=NEWER):
        user.password = make_password("another")
        user.save()
    nothing_opens(cookies_of(client))


def test_saving_a_user_who_has_not_changed_ends_nothing(new_user: NewUser) -> None:
    user = new_user()
    client = sign_in(user)
    user.first_name = "Ada"
    user.save()
    stored(user).save(update_fields=["last_login"])
    assert client.get("/private").status_code == 200


# Other changes


def test_a_new_address_ends_the_other_sessions(new_user: NewUser) -> None:
    user = new_user()
    client = sign_in(user)
    user.email = "new@example.com"
    user.save()
    nothing_opens(cookies_of(client))


@pytest.mark.parametrize("change", ["disable", "delete", "delete many"])
def test_an_account_that_is_no_more_has_no_sessions(new_user: NewUser, change: str) -> None:
    user = new_user()
    client = sign_in(user)
    if change == "disable":
        user.is_active = False
        user.save()
    elif change == "delete":
        stored(user).delete()
    else:
        get_user_model().objects.filter(pk=user.pk).delete()
    nothing_opens(cookies_of(client))


def test_a_proxy_of_the_user_model_is_watched_too(new_user: NewUser) -> None:
    from django.contrib.auth.models import User

    class Member(User):
        """A user by another name."""

        class Meta:
            """The same table."""

            proxy = True
            app_label = "auth"

    user = new_user()
    client = sign_in(user)
    member = Member.objects.get(pk=user.pk)
    member.set_password("another")
    member.save()
    nothing_opens(cookies_of(client))


def test_other_models_and_new_users_report_nothing(new_user: NewUser, use: Use) -> None:
    use(ENDPOINT="http://127.0.0.1:1")
    new_user()
    call_command("clearsessions")


# Transactions and failures


def test_nothing_ends_before_the_commit_and_nothing_at_all_without_one(new_user: NewUser) -> None:
    user = new_user()
    client = sign_in(user)
    with transaction.atomic():
        user.set_password("another")
        user.save()
        assert browser(cookies_of(client)).get("/exeunt/session").json()["signed_in"]
        transaction.set_rollback(True)
    assert client.get("/private").status_code == 200
    with transaction.atomic():
        user.set_password("another")
        user.save()
    nothing_opens(cookies_of(client))


def test_a_change_that_cannot_be_told_is_not_passed_over_in_silence(
    start_authority: Callable[..., Authority], use: Use, new_user: NewUser
) -> None:
    authority = start_authority()
    use(authority, LEASE_MILLISECONDS=60_000)
    user = new_user()
    client = sign_in(user)
    authority.kill()
    form = {"old_password": "right", "new_password1": "Quite-an0ther", "new_password2": "Quite-an0ther"}
    answer = client.post("/password", form)
    assert answer.status_code == 503
    assert "nobody was signed out" in answer.content.decode()
    assert stored(user).check_password("Quite-an0ther"), "it says that the change is saved"
    with pytest.raises(AuthorityError, match="No answer from the authority"):
        stored(user).delete()
    authority.start()
