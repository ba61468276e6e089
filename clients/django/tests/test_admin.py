"""The action that signs people out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from exeunt_django.admin import SignOutEverywhereMixin

from .browsers import cookies_of, is_let_in, nothing_opens, sign_in

NewUser = Callable[..., Any]
LIST = "/admin/auth/user/"


def chosen(*users: Any) -> dict[str, Any]:
    """The form that the list of users sends."""
    return {"action": "sign_out_everywhere", "_selected_action": [user.pk for user in users]}


def test_the_chosen_are_signed_out_everywhere_and_nobody_else(new_user: NewUser) -> None:
    administrator = sign_in(new_user(is_staff=True, is_superuser=True))
    ada, grace, bystander = new_user(), new_user(), new_user()
    ended = [sign_in(ada), sign_in(ada), sign_in(grace)]
    other = sign_in(bystander)
    answer = administrator.post(LIST, chosen(ada, grace), follow=True)
    assert "3 sessions were ended." in answer.content.decode()
    for client in ended:
        nothing_opens(cookies_of(client))
    assert is_let_in(cookies_of(other))
    assert administrator.get(LIST).status_code == 200


def test_who_may_not_change_users_cannot_sign_them_out(new_user: NewUser) -> None:
    from django.contrib.auth.models import Permission

    helper, user = new_user(is_staff=True), new_user()
    helper.user_permissions.add(Permission.objects.get(codename="view_user"))
    client = sign_in(user)
    sign_in(helper).post(LIST, chosen(user))
    assert is_let_in(cookies_of(client))


def test_a_failure_is_shown(new_user: NewUser, use: Callable[..., None], authority: Any) -> None:
    client_id, secret = authority.add_client("feed", "sessions")
    user, administrator = new_user(), new_user(is_staff=True, is_superuser=True)
    use(CLIENT_ID=client_id, CLIENT_SECRET=secret)
    client = sign_in(administrator)
    authority.command("clients", "remove", client_id)
    answer = client.post(LIST, chosen(user), follow=True)
    assert "could not be signed out" in answer.content.decode()
    assert secret not in answer.content.decode()


def test_an_admin_of_ones_own_takes_it_from_the_mixin() -> None:
    class MemberAdmin(SignOutEverywhereMixin, UserAdmin):
        """An admin of one's own."""

    from django.contrib.auth.models import User

    names = [action.__name__ for action in MemberAdmin(User, admin.site).actions]
    assert names == ["sign_out_everywhere"]


def test_the_admins_own_sign_out_is_a_real_one(new_user: NewUser) -> None:
    client = sign_in(new_user(is_staff=True))
    stolen = cookies_of(client)
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/").status_code in (200, 302)
    nothing_opens(stolen)
