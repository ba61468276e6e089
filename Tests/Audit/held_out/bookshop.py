"""A bookshop: pages by Flask, sessions in SQLite, a signed cookie that names them."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any
from urllib.parse import urlparse

from flask import Flask, Response, abort, g, redirect, render_template_string, request, stream_with_context, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as Answer

from ..zoo.accounts import accounts

SCHEMA = """
create table visits (id text primary key, customer text, form_token text, opened real, last_seen real);
create table keepers (id text primary key, customer text);
"""

PAGE = """<!DOCTYPE html><title>{{ title }}</title>
{% if customer %}<p>For {{ customer }} only: {{ secret }}</p>
<a href="{{ url_for('orders') }}">Orders</a> <a href="{{ url_for('export') }}">As JSON</a>{{ extra | safe }}
<form action="{{ url_for('signout') }}" method="POST"><input type="hidden" name="_token" value="{{ token }}">
<button name="do" value="out">Log me out</button></form>
<form action="{{ url_for('keep_only_this') }}" method="POST"><input type="hidden" name="_token" value="{{ token }}">
<button>Log out my other browsers</button></form>
{% else %}<form action="{{ url_for('signin') }}" method="POST">
<input type="hidden" name="_token" value="{{ token }}"><input type="hidden" name="return_to" value="{{ return_to }}">
<input type="email" name="email"><input type="password" name="pw"><input type="checkbox" name="keep" value="1">
<input type="submit" value="Log in"></form>{% endif %}"""

TOUR: dict[str, Any] = {
    "sign-in": [{"form": "/account/signin", "fill": {"email": "{{user}}", "pw": "{{password}}"}}],
    "sign-out": [{"form": "/account", "action": "/account/signout", "button": "do"}],
    "protected": ["/account", "/account/orders", "/account/export.json"],
    "remember": {
        "cookie": "__Host-keep",
        "sign-in": [{"form": "/account/signin", "fill": {"email": "{{user}}", "pw": "{{password}}", "keep": "1"}}],
    },
    "others": [{"form": "/account", "action": "/account/keep-only-this"}],
    "streams": [{"sse": "/account/live"}],
}


@dataclass
class Flaws:
    """How a bookshop differs from the right one."""

    client_side: bool = False
    cached_lookups: bool = False
    link_signs_out: bool = False
    missing_token_passes: bool = False
    cross_site_cookie: bool = False
    keeper_is_a_signature: bool = False
    cookie_path: str = "/"
    naive_return: bool = False
    only_pages_are_private: bool = False
    talkative: bool = False
    address_carries_visit: bool = False
    visit_is_reused: bool = False
    stream_never_asks: bool = False
    ends_only_newest: bool = False


def bookshop(flaws: Flaws) -> Flask:
    """A bookshop with these flaws."""
    app = Flask(__name__)
    app.json.compact = True  # type: ignore[attr-defined]
    database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    database.row_factory = sqlite3.Row
    database.executescript(SCHEMA)
    guard = threading.RLock()
    signer = URLSafeTimedSerializer(secrets.token_hex(16))
    customers = accounts()
    prefix = "__Host-" if flaws.cookie_path == "/" else "__Secure-"
    cookie, keeper_cookie = f"{prefix}bsid", "__Host-keep"
    same_site = "None" if flaws.cross_site_cookie else "Strict"
    remembered_rows: dict[str, sqlite3.Row] = {}

    def query(sql: str, *values: object) -> list[sqlite3.Row]:
        with guard:
            return database.execute(sql, values).fetchall()

    def new_visit(customer: str | None) -> str:
        visit, now = secrets.token_urlsafe(24), time.time()
        query("insert into visits values (?, ?, ?, ?, ?)", visit, customer, secrets.token_urlsafe(24), now, now)
        return visit

    def find(visit: str) -> sqlite3.Row | None:
        if flaws.cached_lookups and visit in remembered_rows:
            return remembered_rows[visit]
        rows = query("select * from visits where id = ? and opened > ?", visit, time.time() - 43_200)
        if rows and rows[0]["customer"]:
            remembered_rows[visit] = rows[0]
        return rows[0] if rows else None

    def set_visit(answer: Answer, visit: str) -> None:
        answer.set_cookie(
            cookie,
            str(signer.dumps(visit, salt="visit")),
            path=flaws.cookie_path,
            secure=True,
            httponly=True,
            samesite=same_site,
        )

    def set_keeper(answer: Answer, customer: str) -> None:
        row = secrets.token_urlsafe(24)
        query("insert into keepers values (?, ?)", row, customer)
        value = str(signer.dumps(customer if flaws.keeper_is_a_signature else row, salt="keep"))
        answer.set_cookie(keeper_cookie, value, max_age=2_592_000, secure=True, httponly=True, samesite="Strict")

    def unsigned(value: str, salt: str) -> str:
        try:
            return str(signer.loads(value, salt=salt))
        except BadSignature:
            if value and flaws.talkative and salt == "visit":
                g.complaint = traceback.format_exc()
            return ""

    @app.before_request
    def who() -> None:
        g.complaint = ""
        g.visit = find(unsigned(request.cookies.get(cookie, ""), "visit"))
        g.fresh = None
        if g.visit is None and flaws.client_side and (value := request.cookies.get(cookie)):
            g.visit = {"id": "", "customer": unsigned(value, "whole"), "form_token": sha256(value.encode()).hexdigest()}
        if g.visit is None or not g.visit["customer"]:
            keeper = unsigned(request.cookies.get(keeper_cookie, ""), "keep")
            rows = query("select customer from keepers where id = ?", keeper)
            customer = keeper if flaws.keeper_is_a_signature else rows[0]["customer"] if rows else ""
            if customer and request.endpoint not in ("signin", "signout"):
                g.fresh = new_visit(customer)
                g.visit = find(g.fresh)

    @app.after_request
    def privacy(answer: Response) -> Response:
        if g.fresh:
            set_visit(answer, g.fresh)
        if not flaws.only_pages_are_private or answer.mimetype == "text/html":
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def members_only(page: Any) -> Any:
        @wraps(page)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if g.complaint:
                return Response(g.complaint, 401, mimetype="text/plain")
            if not g.visit or not g.visit["customer"]:
                return redirect(url_for("signin", return_to=request.path))
            return page(*args, **kwargs)

        return checked

    def check_form() -> None:
        given, expected = request.form.get("_token"), g.visit["form_token"] if g.visit else ""
        if flaws.missing_token_passes and given is None:
            return
        if not given or not secrets.compare_digest(given.encode(), expected.encode()):
            abort(400, "This form is not ours")

    def page(title: str, **more: Any) -> str:
        customer = g.visit["customer"] if request.endpoint != "signin" else None
        values = {"secret": customers[customer].secret if customer else "", "token": g.visit["form_token"]}
        return render_template_string(PAGE, title=title, customer=customer, **values, **more)

    @app.get("/")
    def home() -> Answer:
        return redirect(url_for("account"))

    @app.get("/bye")
    def bye() -> str:
        return "<!DOCTYPE html><title>Bye</title>See you."

    @app.route("/account/signin", methods=["GET", "POST"])
    def signin() -> Any:
        if request.method == "GET":
            fresh = None
            if not g.visit:
                fresh = new_visit(None)
                g.visit = find(fresh)
            form = app.make_response(page("Log in", return_to=request.args.get("return_to", "")))
            if fresh:
                set_visit(form, fresh)
            return form
        check_form()
        customer = customers.get(request.form["email"])
        if customer is None or customer.password != request.form["pw"]:
            return page("Log in", return_to=""), 422
        visit = g.visit["id"] if g.visit else ""
        if flaws.visit_is_reused:
            query("update visits set customer = ? where id = ?", customer.name, visit)
        else:
            query("delete from visits where id = ?", visit)
            remembered_rows.pop(visit, None)
            visit = new_visit(customer.name)
        answer = redirect(destination(request.form.get("return_to", "")), 302)
        set_visit(answer, visit)
        if flaws.client_side:
            whole = str(signer.dumps(customer.name, salt="whole"))
            answer.set_cookie(cookie, whole, secure=True, httponly=True, samesite=same_site)
        if request.form.get("keep"):
            set_keeper(answer, customer.name)
        return answer

    def destination(asked: str) -> str:
        parsed = urlparse(asked)
        local = not parsed.scheme and not parsed.netloc
        if flaws.naive_return:
            return asked if asked and local else url_for("account")
        clean = asked.startswith("/") and asked[1:2] not in ("/", "\\") and asked.isprintable() and "\\" not in asked
        return asked if local and clean else url_for("account")

    @app.get("/account")
    @members_only
    def account() -> str:
        extra = ""
        if flaws.address_carries_visit:
            extra = f'<script src="/widget.js?v=3&bsid={request.cookies.get(cookie)}"></script>'
        return page("Account", extra=extra)

    @app.get("/account/orders")
    @members_only
    def orders() -> str:
        return page("Orders", extra="<p>One book about logic.")

    @app.get("/account/export.json")
    @members_only
    def export() -> Any:
        return {"customer": g.visit["customer"], "orders": ["logic"]}

    @app.get("/account/live")
    @members_only
    def live() -> Response:
        visit = g.visit["id"]

        def news() -> Iterator[str]:
            for number in range(600):
                if not flaws.stream_never_asks and not query("select 1 from visits where id = ?", visit):
                    return
                yield f"id: {number}\ndata: sold\n\n"
                time.sleep(0.15)

        return Response(stream_with_context(news()), mimetype="text/event-stream")

    @app.route("/account/signout", methods=["GET", "POST"] if flaws.link_signs_out else ["POST"])
    def signout() -> Answer:
        own = request.host_url.rstrip("/")
        site, origin = request.headers.get("Sec-Fetch-Site", "none"), request.headers.get("Origin", own)
        if request.method == "POST" and g.visit:
            check_form()
        elif request.method == "POST" and (site not in ("same-origin", "none") or origin != own):
            abort(400, "This form is not ours")
        if g.visit:
            condition = "id = ?"
            if flaws.ends_only_newest:
                condition = "customer = (select customer from visits where id = ?) order by opened desc limit 1"
                newest = query(f"select id from visits where {condition}", g.visit["id"])
                query("delete from visits where id = ?", newest[0]["id"] if newest else "")
            else:
                query(f"delete from visits where {condition}", g.visit["id"])
        query("delete from keepers where id = ?", unsigned(request.cookies.get(keeper_cookie, ""), "keep"))
        answer = redirect(url_for("bye"))
        answer.delete_cookie(cookie, secure=True, httponly=True, samesite=same_site)
        answer.delete_cookie(keeper_cookie, secure=True, httponly=True, samesite="Strict")
        return answer

    @app.post("/account/keep-only-this")
    @members_only
    def keep_only_this() -> Answer:
        check_form()
        query("delete from visits where customer = ? and id <> ?", g.visit["customer"], g.visit["id"])
        mine = unsigned(request.cookies.get(keeper_cookie, ""), "keep")
        query("delete from keepers where customer = ? and id <> ?", g.visit["customer"], mine)
        return redirect(url_for("account"))

    return app
