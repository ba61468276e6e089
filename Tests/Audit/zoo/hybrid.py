"""A page with scripts over a cookie session: it keeps things in the browser, and clears them at sign-out."""

from __future__ import annotations

from typing import Any

from .accounts import ADA, Account, same
from .browser_sessions import BrowserSessions, Session
from .web import Request, Response, as_json, html, js, redirect, route

LOGIN_SCRIPT = """
document.forms[0].addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password, remember } = Object.fromEntries(new FormData(event.target));
  const answer = await fetch("/api/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password, remember: Boolean(remember) }),
  });
  if (answer.ok) location.assign("/app");
  else document.querySelector("#wrong").hidden = false;
});
"""

KEEP_SCRIPT = """
async function keep(me) {
  localStorage.setItem("draft", `Dear ${me.name}`);
  sessionStorage.setItem("me", JSON.stringify(me));
  const opening = indexedDB.open("letters", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("letters");
  opening.onsuccess = () => {
    opening.result.transaction("letters", "readwrite").objectStore("letters").put(me.secret, "secret");
    opening.result.close();
  };
  const cache = await caches.open("letters");
  await cache.put("/api/letters", new Response(JSON.stringify(me)));
  await navigator.serviceWorker.register("/worker.js");
}
"""

CLEAR_SCRIPT = """
async function clear() {
  localStorage.clear();
  sessionStorage.clear();
  indexedDB.deleteDatabase("letters");
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}
"""

LEAVE_SCRIPT = """
const tabs = new BroadcastChannel("signed-out");
async function leave() {
  document.body.replaceChildren();
  await clear();
  location.replace("/signed-out");
}
tabs.onmessage = leave;
addEventListener("pageshow", (event) => event.persisted && location.reload());
"""

APP_SCRIPT = """
const me = await (await fetch("/api/me")).json();
document.querySelector("#secret").textContent = me.secret;
await keep(me);
document.querySelector("#logout").addEventListener("click", async () => {
  const answer = await fetch("/api/logout", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": me.csrf },
    body: JSON.stringify({ remember: false }),
  });
  if (!answer.ok) return;
  tabs.postMessage("signed out");
  await leave();
});
"""

WORKER_SCRIPT = """
addEventListener("install", () => skipWaiting());
addEventListener("fetch", () => {});
"""


class Hybrid(BrowserSessions):
    """A cookie session, JSON behind it and scripts in front of it, done right."""

    keep_script = KEEP_SCRIPT
    clear_script = CLEAR_SCRIPT
    leave_script = LEAVE_SCRIPT

    def tour(self) -> dict[str, Any]:
        """All that an auditor can try here."""
        credentials = {"username": "{{user}}", "password": "{{password}}"}
        csrf = {"get": "/api/me", "pick": {"csrf": {"json": "/csrf"}}}
        headers = {"X-CSRF-Token": "{{csrf}}"}
        return {
            "sign-in": [{"post": "/api/login", "json": credentials}],
            "sign-out": [csrf, {"post": "/api/logout", "headers": headers, "json": {"remember": False}}],
            "protected": ["/app", {"path": "/api/me", "shows": ADA.secret}, "/api/letters"],
            "remember": {
                "cookie": self.remember_cookie.name,
                "sign-in": [{"post": "/api/login", "json": credentials | {"remember": True}}],
            },
            "browser": {
                "sign-in": [
                    {"open": "/login"},
                    {"type": {"[name=username]": "{{user}}", "[name=password]": "{{password}}"}},
                    {"click": {"text": "Sign in"}},
                    {"wait": "#logout"},
                ],
                "sign-out": [{"open": "/app"}, {"wait": "#secret:not(:empty)"}, {"click": "#logout"}],
                "pages": ["/app"],
            },
            "everywhere": [csrf, {"post": "/api/logout-everywhere", "headers": headers, "json": {}}],
        }

    def is_forged(self, request: Request, session: Session) -> bool:
        """Whether a call was not made by one of our pages in this browser."""
        return self.is_cross_site(request) or not same(request.header("x-csrf-token"), session.csrf)

    @route("GET", "/login")
    def login_page(self, request: Request) -> Response:
        """The form to sign in with."""
        fields = (
            "<p><label>Name <input name=username autocomplete=username></label>"
            "<p><label>Password <input name=password type=password autocomplete=current-password></label>"
            "<p><label><input name=remember type=checkbox value=yes> Remember me</label>"
            "<p id=wrong hidden>Wrong name or password"
        )
        return html("Sign in", f"<form>{fields}<p><button>Sign in</button></form><script src=/login.js></script>")

    @route("GET", "/login.js")
    def login_script(self, request: Request) -> Response:
        """The script of the form to sign in with."""
        return js(LOGIN_SCRIPT)

    @route("GET", "/app.js")
    def app_script(self, request: Request) -> Response:
        """The script of the app."""
        return js(self.keep_script + self.clear_script + self.leave_script + APP_SCRIPT)

    @route("GET", "/worker.js")
    def worker_script(self, request: Request) -> Response:
        """The service worker, which keeps nothing."""
        return js(WORKER_SCRIPT)

    @route("POST", "/api/login")
    def sign_in(self, request: Request) -> Response:
        """Signs in, with a new session in the place of the one before."""
        if self.is_cross_site(request):
            return self.refuse_forgery()
        account = self.accounts.get(str(request.json.get("username")))
        if account is None or not same(account.password, str(request.json.get("password"))):
            return as_json({"error": "wrong name or password"}, 401)
        before, remember = self.session_of(request), bool(request.json.get("remember"))
        _, cookies = self.begin(before, account.name, remember, request)
        return as_json({"name": account.name}).with_cookies(*cookies)

    @route("GET", "/app")
    def app(self, request: Request) -> Response:
        """The app's page."""
        body = "<p id=secret></p><button id=logout>Sign out</button><script type=module src=/app.js></script>"
        return self.private(request, lambda session: html(f"Hello, {session.user}", body))

    def refuse(self, request: Request) -> Response:
        """The answer to somebody who is not signed in."""
        return as_json({"error": "sign in"}, 401) if request.path.startswith("/api/") else redirect("/login")

    def account_of(self, session: Session) -> Account:
        """Whose session it is."""
        return self.accounts[session.user]

    @route("GET", "/api/me")
    def me(self, request: Request) -> Response:
        """Who somebody is, and what calls that change something must bring."""
        return self.private(
            request,
            lambda session: as_json(
                {"name": session.user, "secret": self.account_of(session).secret, "csrf": session.csrf}
            ),
        )

    @route("GET", "/api/letters")
    def letters(self, request: Request) -> Response:
        """Something private."""
        return self.private(request, lambda session: as_json({"to": session.user, "letters": []}))

    @route("POST", "/api/logout")
    def logout(self, request: Request) -> Response:
        """Signs out; without a session there is nothing to end, and the cookies go all the same."""
        session = self.session_of(request)
        if self.is_forged(request, session) if session else self.is_cross_site(request):
            return self.refuse_forgery()
        self.sign_out(request, session)
        return self.after_logout().with_cookies(*self.deletions(request))

    def after_logout(self) -> Response:
        """What sign-out answers."""
        return Response(204)

    @route("POST", "/api/logout-everywhere")
    def logout_everywhere(self, request: Request) -> Response:
        """Signs out all devices."""

        def end(session: Session) -> Response:
            self.end_everywhere(session)
            return Response(204).with_cookies(*self.deletions(request))

        return self.act(request, end)
