/**
 * The adapter for Next.js on the web's own requests and responses, and the real authority. Next itself is not run here.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { exeunt } from "../src/next.js";
import { Authority, eventually } from "../testing/authority.js";
import { Browser } from "../testing/site.js";

const origin = "http://localhost:3000";
const page = { "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", Accept: "text/html" };
const own = { "Sec-Fetch-Site": "same-origin" };

/** @type {Authority} */
let authority;
let auth;
let quickAuthority;
let quick;
let expiring = [];

before(async () => {
  authority = await Authority.start();
  // Long leases, so that a machine that is busy for a moment fails no test.
  const usual = { origins: [origin], afterSignOut: "/signed-out", leaseMilliseconds: 30_000 };
  auth = exeunt({ ...authority.options(), ...usual });
  const settings = { "tokens.access_lifetime_seconds": 1, "refresh.grace_seconds": 120 };
  quickAuthority = await Authority.start({ settings });
  quick = exeunt({ ...quickAuthority.options(), ...usual });
  expiring = await Promise.all(Array.from({ length: 5 }, () => signIn("ada", quick)));
});

after(async () => {
  await Promise.allSettled([auth?.close(), quick?.close()]);
  await Promise.allSettled([authority?.stop(), quickAuthority?.stop()]);
});

function request(path, { cookies = {}, headers = {}, ...options } = {}) {
  const cookie = Object.entries(cookies).map((pair) => pair.join("="));
  const all = { ...(cookie.length > 0 && { cookie: cookie.join("; ") }), ...headers };
  return new Request(origin + path, { headers: all, ...options });
}

async function signIn(subject = "ada", adapter = auth) {
  const browser = new Browser();
  const { headers } = await adapter.signIn(request("/sign-in", { method: "POST" }), { subject });
  browser.take(headers.getSetCookie());
  return browser;
}

/** A browser whose access token has expired. */
async function expired() {
  const browser = expiring.pop();
  const bearer = { Authorization: `Bearer ${browser.cookies.access}` };
  await eventually(async () => (await quick.getSession(request("/", { headers: bearer }))) === undefined);
  return browser;
}


async function protect(browser, { adapter = auth, path = "/private?a=1", headers = page, method, ...options } = {}) {
  const asked = request(path, { cookies: browser.cookies, headers, method });
  const next = ({ request: { headers } }) =>
    adapter
      .getSession(new Request(asked.url, { headers }))
      .then((identity) => Response.json({ seen: identity?.subject ?? null }));
  const answer = await adapter.protect(asked, { next, ...options });
  browser.take(answer.headers.getSetCookie());
  return answer;
}

async function route(browser, path, { method = "GET", headers = own, adapter = auth, body, signal } = {}) {
  const asked = request(path, { cookies: browser.cookies, headers, method, body, signal });
  const answer = await adapter.handlers[method === "POST" ? "POST" : "GET"](asked, { params: {} });
  browser.take(answer.headers.getSetCookie());
  return answer;
}

test("whoever is signed in gets through, and the page sees who it is and is kept by nobody", async () => {
  const browser = await signIn();
  const answer = await protect(browser);
  assert.deepEqual(await answer.json(), { seen: "ada" });
  assert.equal(answer.headers.get("Cache-Control"), "no-store");
  const store = { getAll: () => Object.entries(browser.cookies).map(([name, value]) => ({ name, value })) };
  assert.equal((await auth.getSession(store)).subject, "ada");
  assert.equal(await auth.getSession(request("/")), undefined);
  assert.equal(await auth.getSession({ getAll: () => [] }), undefined);
});

test("whoever signs in again leaves no session behind in what somebody has copied", async () => {
  const browser = await signIn();
  const copied = { ...browser.cookies };
  const post = { cookies: browser.cookies, method: "POST" };
  browser.take((await auth.signIn(request("/sign-in", post), { subject: "ada" })).headers.getSetCookie());
  assert.ok(await auth.getSession(request("/", { cookies: browser.cookies })));
  assert.equal(await auth.getSession(request("/", { cookies: { access: copied.access } })), undefined);
});

test("a stranger is led to the sign-in with a whole page, and told so otherwise", async () => {
  const led = await protect(new Browser(), { signIn: "/sign-in" });
  assert.deepEqual([led.status, led.headers.get("Location")], [303, "/sign-in?return_to=%2Fprivate%3Fa%3D1"]);
  for (const headers of [
    { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", Accept: "*/*" },
    { ...page, "Sec-Purpose": "prefetch" },
    { ...page, Authorization: "Bearer nonsense" },
    { Accept: "text/html", "Next-Url": "/" },
  ]) {
    const told = await protect(new Browser(), { signIn: "/sign-in", headers });
    assert.deepEqual([told.status, told.headers.get("Cache-Control")], [401, "no-store"], JSON.stringify(headers));
  }
  assert.equal((await protect(new Browser())).status, 401);
  assert.deepEqual(await (await protect(new Browser(), { allowsStrangers: true })).json(), { seen: null });
});

test("an expired access token is renewed before the page is made, and the page sees the new one", async () => {
  const browser = await expired();
  const { refresh } = browser.cookies;
  const answer = await protect(browser, { adapter: quick });
  assert.deepEqual(await answer.json(), { seen: "ada" });
  assert.notEqual(browser.cookies.refresh, refresh);
});

test("what Next's router fetches changes no token, because it may be a prefetch", async () => {
  const browser = await expired();
  const before = { ...browser.cookies };
  for (const headers of [{ Purpose: "prefetch" }, { "Next-Router-Prefetch": "1" }, { "Next-Url": "/" }]) {
    const answer = await protect(browser, { adapter: quick, headers, signIn: "/sign-in" });
    assert.deepEqual([answer.status, answer.headers.get("Retry-After")], [503, "1"], JSON.stringify(headers));
    assert.deepEqual(browser.cookies, before);
  }
  assert.equal(await quick.getSession(request("/", { cookies: before })), undefined, "and neither does a page");
  assert.equal((await protect(browser, { adapter: quick })).status, 200);
});

test("a session that was ended elsewhere is over for middleware, page and handler, and its cookies go", async () => {
  const browser = await signIn("lin");
  await auth.verifier.authority.endSessions("lin");
  assert.equal(await auth.getSession(request("/", { cookies: browser.cookies })), undefined);
  const answer = await protect(browser, { signIn: "/sign-in" });
  assert.equal(answer.status, 303);
  assert.deepEqual(browser.cookies, {});
});

test("strangers who are let through lose the cookies of a session that is over", async () => {
  const browser = await signIn("mae");
  await auth.verifier.authority.endSessions("mae");
  assert.deepEqual(await (await protect(browser, { allowsStrangers: true })).json(), { seen: null });
  assert.deepEqual(browser.cookies, {});
});

test("an answer whose headers cannot be changed gets them all the same", async () => {
  const browser = await expired();
  const asked = request("/private", { cookies: browser.cookies, headers: page });
  const answer = await quick.protect(asked, { next: () => Response.redirect(`${origin}/elsewhere`, 303) });
  assert.deepEqual([answer.status, answer.headers.get("Location")], [303, `${origin}/elsewhere`]);
  assert.equal(answer.headers.get("Cache-Control"), "no-store");
  assert.equal(answer.headers.getSetCookie().length, 2);
});

test("a change from another site's page is refused", async () => {
  const browser = await signIn();
  for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { Origin: "https://evil.example.com" }, {}]) {
    assert.equal((await protect(browser, { method: "POST", headers })).status, 403);
    assert.equal((await route(browser, "/exeunt/logout", { method: "POST", headers })).status, 403);
  }
  assert.equal((await protect(browser, { method: "POST", headers: { Origin: origin } })).status, 200);
});

for (const base of ["/exeunt", "/shop/exeunt"]) {
  test(`the browser's half finds its routes at ${base}`, async () => {
    const browser = await signIn("kim");
    const stranger = new Browser();
    const other = await signIn("kim");
    assert.equal((await (await route(browser, `${base}/session`)).json()).subject, "kim");
    assert.deepEqual(await (await route(stranger, `${base}/session`)).json(), { signed_in: false });
    assert.equal((await route(browser, `${base}/refresh`, { method: "POST" })).status, 204);
    const { sessions } = await (await route(browser, `${base}/devices`)).json();
    const { id } = sessions.find(({ current }) => !current);
    const ended = await route(browser, `${base}/devices/${id}/end`, { method: "POST" });
    assert.deepEqual([ended.status, ended.headers.get("Location")], [303, `${base}/devices`]);
    assert.equal((await protect(other)).status, 401);
    for (const [method, path, status] of [
      ["GET", "/logout", 405],
      ["HEAD", "/logout", 405],
      ["GET", "/nothing", 404],
      ["POST", "/session", 405],
    ]) {
      assert.equal((await route(browser, base + path, { method })).status, status, `${method} ${path}`);
    }
    const thief = { ...browser.cookies };
    const body = new URLSearchParams({ scope: "everywhere", return_to: "/bye" });
    const answer = await route(browser, `${base}/logout`, { method: "POST", body });
    assert.deepEqual([answer.status, answer.headers.get("Location")], [303, "/bye"]);
    assert.deepEqual(browser.cookies, {});
    assert.equal((await protect(Object.assign(new Browser(), { cookies: thief }))).status, 401);
  });
}

test("a body of a route that is too long is refused", async () => {
  const options = { method: "POST", headers: { ...own, "Content-Type": "application/json" }, body: "x".repeat(20_000) };
  assert.equal((await route(new Browser(), "/exeunt/logout", options)).status, 413);
});

test("an open page is told that its session has ended", async () => {
  const browser = await signIn("ann");
  const events = await route(browser, "/exeunt/events");
  assert.equal(events.headers.get("Content-Type"), "text/event-stream");
  const text = events.text();
  await auth.verifier.authority.endSessions("ann");
  assert.equal(await text, "retry: 1000\n\nevent: signed-out\ndata: {}\n\n");
  assert.equal((await route(new Browser(), "/exeunt/events")).status, 401);
});

test("who closes a page is not waited for any more, however the framework says so", async () => {
  const browser = await signIn("ben");
  const before = auth.verifier.status().watchers;
  const cancelled = await route(browser, "/exeunt/events");
  await cancelled.body.cancel();
  const leaving = new AbortController();
  await route(browser, "/exeunt/events", { signal: leaving.signal });
  assert.equal(auth.verifier.status().watchers, before + 1);
  leaving.abort();
  assert.equal(auth.verifier.status().watchers, before);
  await auth.verifier.authority.endSessions("ben");
});

test("who signed out while offline is signed out before anything is served", async () => {
  const browser = await signIn("eve");
  const { session_id } = await (await route(browser, "/exeunt/session")).json();
  const thief = Object.assign(new Browser(), { cookies: { ...browser.cookies } });
  browser.cookies["signing-out"] = `current.${session_id}`;
  assert.equal(await auth.getSession(request("/", { cookies: browser.cookies })), undefined);
  assert.equal((await protect(thief)).status, 200, "a page has told nobody yet");
  assert.deepEqual(await (await protect(browser, { allowsStrangers: true })).json(), { seen: null });
  assert.deepEqual(browser.cookies, {});
  assert.equal((await protect(thief)).status, 401);
});

test("an application signs out and reports by itself", async () => {
  const [here, there] = [await signIn("zoe"), await signIn("zoe")];
  const receipt = await auth.report(request("/password", { cookies: here.cookies }), "password_changed");
  assert.equal(receipt.endedSessions, 1);
  assert.equal((await protect(there)).status, 401);
  const left = await auth.signOut(request("/leave", { cookies: here.cookies, method: "POST" }));
  assert.equal(left.receipt.endedSessions, 1);
  here.take(left.headers.getSetCookie());
  assert.deepEqual(here.cookies, {});
  await assert.rejects(auth.report(request("/password"), "password_changed"), TypeError);
});

test("while nobody can know nobody gets through, and nobody is called a stranger", async (context) => {
  const dying = await Authority.start();
  context.after(() => dying.stop());
  const adapter = exeunt({ ...dying.options(), origins: [origin], leaseMilliseconds: 300 });
  const browser = await signIn("ada", adapter);
  await eventually(async () => (await protect(browser, { adapter })).status === 200);
  await dying.kill();
  await eventually(() => adapter.verifier.status().state === "lapsed");
  for (const options of [{}, { allowsStrangers: true }, { signIn: "/sign-in" }]) {
    const answer = await protect(browser, { adapter, ...options });
    assert.deepEqual([answer.status, answer.headers.get("Retry-After")], [503, "1"]);
  }
  await assert.rejects(adapter.getSession(request("/", { cookies: browser.cookies })), { code: "stale" });
  assert.equal((await route(browser, "/exeunt/session", { adapter })).status, 503);
  assert.equal((await route(browser, "/exeunt/logout", { adapter, method: "POST" })).status, 503);
  assert.deepEqual(Object.keys(browser.cookies), ["access", "refresh"]);
  await dying.startAgain();
  await eventually(async () => (await protect(browser, { adapter })).status === 200);
  await adapter.close();
});

test("several bundles of one process follow the authority once", async () => {
  const options = { ...authority.options(), origins: [origin] };
  const [middleware, handlers] = [exeunt(options), exeunt({ ...options, origins: [`${origin.slice(0, -1)}1`] })];
  assert.equal(middleware.verifier, handlers.verifier);
  await middleware.verifier.untilLive();
  await handlers.close();
  assert.equal(middleware.verifier.status().state, "stopped");
});
