/** The real Express, the real authority, and what browsers and thieves ask of them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authority, eventually, HeardLog } from "../testing/authority.js";
import { Browser, Site } from "../testing/site.js";

/** @type {Authority} */
let authority;
/** @type {Site} */
let site;
let quickAuthority;
/** A site whose access tokens live for a second, and browsers whose access tokens have long expired. */
let quick;
let expiring = [];

const asScript = { "Sec-Fetch-Site": "same-origin", Accept: "application/json" };
const bearer = ({ cookies }) => ({ Authorization: `Bearer ${cookies.access}` });

before(async () => {
  authority = await Authority.start();
  site = await Site.start(authority.options());
  const settings = { "tokens.access_lifetime_seconds": 1, "refresh.grace_seconds": 120 };
  quickAuthority = await Authority.start({ settings });
  quick = await Site.start(quickAuthority.options());
  expiring = await Promise.all(Array.from({ length: 8 }, (_, index) => new Browser(quick).signIn(`user ${index}`)));
});

after(async () => {
  await Promise.allSettled([site?.stop(), quick?.stop()]);
  await Promise.allSettled([authority?.stop(), quickAuthority?.stop()]);
});

/** A browser whose access token has expired. */
async function expired() {
  const browser = expiring.pop();
  const headers = bearer(browser);
  await eventually(async () => (await new Browser(quick).fetch("/private", { headers })).status === 401);
  return browser;
}

const signedOut = (browser) => !("access" in browser.cookies) && !("refresh" in browser.cookies);

// Signing in and out

test("whoever signs in is known, by cookie and by token, and a stranger is not", async () => {
  const browser = await new Browser(site).signIn();
  assert.equal((await browser.json("/")).subject, "ada");
  const identity = await browser.json("/private");
  assert.equal(identity.subject, "ada");
  const { session_id, ...rest } = await browser.json("/exeunt/session");
  assert.deepEqual([session_id, rest], [identity.sessionId, { signed_in: true, subject: "ada" }]);
  assert.equal((await new Browser(site).json("/private", { headers: bearer(browser) })).subject, "ada");
  const stranger = new Browser(site);
  assert.equal((await stranger.json("/")).subject, null);
  assert.deepEqual(await stranger.json("/exeunt/session"), { signed_in: false });
  assert.equal((await stranger.fetch("/private")).status, 401);
});

test("whoever signs in again leaves no session behind in what somebody has copied", async () => {
  const browser = await new Browser(site).signIn();
  const copied = bearer(browser);
  const other = await new Browser(site).signIn();
  await browser.post("/sign-in", { name: "ada" });
  assert.equal((await browser.json("/private")).subject, "ada");
  assert.equal((await new Browser(site).fetch("/private", { headers: copied })).status, 401);
  assert.equal((await other.json("/private")).subject, "ada");
});

test("the cookies are HttpOnly, of the whole site, and go with the browser", async () => {
  const answer = await new Browser(site).post("/sign-in", { name: "ada" });
  const cookies = answer.headers.getSetCookie().filter((cookie) => /^(access|refresh)=/.test(cookie));
  assert.equal(cookies.length, 2);
  for (const cookie of cookies) assert.match(cookie, /^[a-z]+=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.equal(answer.headers.get("Cache-Control"), "no-store");
});

test("over TLS the cookies are Secure and of this very host", async (context) => {
  const secure = await Site.start({ ...authority.options(), origins: ["https://notes.example.com"] });
  context.after(() => secure.stop());
  const browser = new Browser(secure);
  const answer = await browser.post("/sign-in", { name: "ada" });
  for (const cookie of answer.headers.getSetCookie().filter((cookie) => /access|refresh/.test(cookie))) {
    assert.match(cookie, /^__Host-[a-z]+=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  }
  assert.equal((await browser.json("/private")).subject, "ada");
  const plain = new Browser(secure, { access: browser.cookies["__Host-access"] });
  assert.equal((await plain.fetch("/private")).status, 401, "a cookie that another host can plant counts for nothing");
  const left = await browser.fetch("/exeunt/logout", { method: "POST", headers: asScript });
  assert.equal(left.headers.get("Clear-Site-Data"), '"storage"');
  assert.deepEqual(Object.keys(browser.cookies), ["notes"]);
});

for (const scope of ["current", "others", "everywhere"]) {
  test(`signing out ${scope} ends what it names before it answers, and nobody else's`, async () => {
    const [here, there] = [await new Browser(site).signIn("lin"), await new Browser(site).signIn("lin")];
    const bystander = await new Browser(site).signIn("grace");
    const stolen = { here: here.copy(), there: there.copy() };
    const answer = await here.post("/exeunt/logout", { scope }, asScript);
    const receipt = await answer.json();
    assert.equal(answer.status, 200);
    assert.deepEqual([receipt.settled, receipt.return_to, receipt.settles_by], [true, "/signed-out", null]);
    assert.ok(receipt.ended_sessions >= 1 && receipt.settled_after_ms >= 0);
    assert.equal((await stolen.here.fetch("/private")).status, scope === "others" ? 200 : 401);
    assert.equal((await stolen.there.fetch("/private")).status, scope === "current" ? 200 : 401);
    assert.equal((await bystander.fetch("/private")).status, 200);
    assert.equal(signedOut(here), scope !== "others");
    await bystander.post("/exeunt/logout", { scope: "everywhere" });
    await there.post("/exeunt/logout", { scope: "everywhere" });
  });
}

test("a form leads to where it says, if that is a place of our own", async () => {
  const places = {
    "/somewhere?a=1": "/somewhere?a=1",
    "": "/signed-out",
    "//evil.example": "/signed-out",
    "/\\evil.example": "/signed-out",
    "/a\\b": "/signed-out",
    "https://evil.example/": "/signed-out",
    "javascript:alert(1)": "/signed-out",
    "/\t/evil.example": "/signed-out",
    "/a\r\nSet-Cookie: a=b": "/signed-out",
    "/é": "/signed-out",
    [`/${"a".repeat(3000)}`]: "/signed-out",
  };
  for (const [return_to, place] of Object.entries(places)) {
    const answer = await new Browser(site).post("/exeunt/logout", { return_to });
    assert.deepEqual([answer.status, answer.headers.get("Location")], [303, place], return_to);
  }
});

test("a sign-out is understood as JSON too, and one that makes no sense is refused and ends nothing", async () => {
  const browser = await new Browser(site).signIn();
  const json = (body) => ({
    method: "POST",
    headers: { ...asScript, "Content-Type": "application/json" },
    body,
  });
  for (const [body, status] of [
    ['{"scope":"all"}', 400],
    ['{"scope":["current"]}', 400],
    ["[]", 400],
    ["{", 400],
    [`{"scope":"current","pad":"${"x".repeat(20_000)}"}`, 413],
  ]) {
    assert.equal((await browser.fetch("/exeunt/logout", json(body))).status, status, body.slice(0, 40));
  }
  assert.equal((await browser.post("/exeunt/logout", [["scope", "current"], ["scope", "everywhere"]])).status, 400);
  const odd = { ...json("scope=current"), headers: { ...asScript, "Content-Type": "text/plain" } };
  assert.equal((await browser.fetch("/exeunt/logout", odd)).status, 415);
  assert.equal((await browser.copy().fetch("/private")).status, 200);
  assert.equal((await browser.fetch("/exeunt/logout", json('{"scope":"current"}'))).status, 200);
  assert.ok(signedOut(browser));
});

test("a body parser in front of the routes does no harm", async (context) => {
  const { default: express } = await import("express");
  const parsed = await Site.start(authority.options(), {
    makeApp: ({ auth }) => {
      const app = express();
      return app.use(express.json(), express.urlencoded({ extended: false })).use("/exeunt", auth.routes());
    },
  });
  context.after(() => parsed.stop());
  for (const form of [{ scope: "nonsense" }, {}]) {
    const answer = await new Browser(parsed).post("/exeunt/logout", form);
    assert.equal(answer.status, form.scope ? 400 : 303);
  }
});

test("who has no session is answered as any other, and the receipt says that nothing was ended", async () => {
  for (const cookies of [{}, { access: "nonsense", refresh: "nonsense" }]) {
    const browser = new Browser(site, cookies);
    const answer = await browser.post("/exeunt/logout", {}, asScript);
    assert.deepEqual([answer.status, (await answer.json()).ended_sessions], [200, 0]);
    assert.ok(signedOut(browser));
  }
});

test("junk in one cookie does not keep the other from signing out", async () => {
  for (const name of ["access", "refresh"]) {
    const browser = await new Browser(site).signIn();
    const answer = await new Browser(site, { ...browser.cookies, [name]: "junk" }).post("/exeunt/logout", {}, asScript);
    assert.equal((await answer.json()).ended_sessions, 1);
    assert.equal((await browser.fetch("/private")).status, 401);
  }
});

test("an application can sign out by itself", async () => {
  const browser = await new Browser(site).signIn("mae");
  const thief = browser.copy();
  assert.equal((await (await browser.post("/leave")).json()).endedSessions, 1);
  assert.ok(signedOut(browser));
  assert.equal((await thief.fetch("/private")).status, 401);
});

test("getting or prefetching the sign-out ends nothing", async () => {
  const browser = await new Browser(site).signIn();
  for (const [method, headers] of [
    ["GET", {}],
    ["HEAD", {}],
    ["GET", { "Sec-Purpose": "prefetch" }],
    ["PUT", {}],
  ]) {
    const answer = await browser.fetch("/exeunt/logout", { method, headers });
    assert.deepEqual([answer.status, answer.headers.get("Allow")], [405, "POST"], method);
  }
  for (const name of ["Sec-Purpose", "Purpose", "Next-Router-Prefetch"]) {
    const answer = await browser.post("/exeunt/logout", {}, { ...asScript, [name]: "prefetch" });
    assert.equal(answer.status, 503, name);
  }
  assert.equal((await browser.fetch("/private")).status, 200);
});

for (const headers of [
  { "Sec-Fetch-Site": "cross-site" },
  { "Sec-Fetch-Site": "same-site" },
  { Origin: "https://evil.example.com" },
  { Origin: "null" },
  {},
  { "Sec-Fetch-Site": "same-site", Authorization: "Basic YTpi" },
]) {
  test(`a change that comes from elsewhere is refused: ${JSON.stringify(headers)}`, async () => {
    const browser = await new Browser(site).signIn();
    const { session_id } = await browser.json("/exeunt/session");
    for (const path of ["/exeunt/logout", "/exeunt/refresh", `/exeunt/devices/${session_id}/end`, "/sign-in"]) {
      assert.equal((await browser.post(path, {}, headers)).status, 403, path);
    }
    assert.equal((await browser.fetch("/private")).status, 200);
  });
}

test("a change of an own page is taken whatever way the browser says so, and of a bearer token's holder", async () => {
  for (const headers of [{ "Sec-Fetch-Site": "none" }, { Origin: site.url }]) {
    assert.equal((await new Browser(site).post("/exeunt/logout", {}, headers)).status, 303);
  }
  const browser = await new Browser(site).signIn();
  const answer = await new Browser(site).post("/exeunt/logout", {}, { ...bearer(browser), Accept: "application/json" });
  assert.equal((await answer.json()).ended_sessions, 1);
  assert.equal((await browser.fetch("/private")).status, 401);
});

// Devices and events

test("people see their devices, and end one of them, and nobody else's", async () => {
  const [here, there] = [await new Browser(site).signIn("kim"), await new Browser(site).signIn("kim")];
  const stranger = await new Browser(site).signIn("grace");
  const { sessions } = await here.json("/exeunt/devices");
  assert.deepEqual(
    sessions.map(({ current, device }) => [current, device.label]),
    [
      [false, "a test"],
      [true, "a test"],
    ],
  );
  const other = sessions.find(({ current }) => !current).id;
  assert.equal((await stranger.post(`/exeunt/devices/${other}/end`)).status, 404);
  for (const id of ["nonsense", "..%2F..", `${other}x`]) {
    assert.equal((await here.post(`/exeunt/devices/${id}/end`)).status, 404, id);
  }
  assert.equal((await there.fetch("/private")).status, 200);
  const answer = await here.post(`/exeunt/devices/${other}/end`);
  assert.deepEqual([answer.status, answer.headers.get("Location")], [303, "/exeunt/devices"]);
  assert.equal((await there.fetch("/private")).status, 401);
  assert.equal((await here.fetch("/private")).status, 200);
  const own = await here.post(`/exeunt/devices/${sessions.find(({ current }) => current).id}/end`, {}, asScript);
  assert.equal((await own.json()).ended_sessions, 1);
  assert.ok(signedOut(here), "to end one's own session is to sign out");
  assert.equal((await new Browser(site).fetch("/exeunt/devices")).status, 401);
});

test("a changed password ends the other sessions", async () => {
  const [here, there] = [await new Browser(site).signIn("eve"), await new Browser(site).signIn("eve")];
  assert.equal((await here.post("/report")).status, 200);
  assert.equal((await here.fetch("/private")).status, 200);
  assert.equal((await there.fetch("/private")).status, 401);
});

test("an open page is told that its session has ended, before the sign-out is answered", async () => {
  const [here, there] = [await new Browser(site).signIn("ann"), await new Browser(site).signIn("ann")];
  const events = await there.fetch("/exeunt/events");
  assert.equal(events.headers.get("Content-Type"), "text/event-stream");
  const text = events.text();
  await here.post("/exeunt/logout", { scope: "everywhere" });
  assert.equal(await text, "retry: 1000\n\nevent: signed-out\ndata: {}\n\n");
  assert.equal((await new Browser(site).fetch("/exeunt/events")).status, 401);
});

test("who closes a page is not waited for any more", async () => {
  const browser = await new Browser(site).signIn("ben");
  const before = site.auth.verifier.status().watchers;
  const leaving = new AbortController();
  const events = await browser.fetch("/exeunt/events", { signal: leaving.signal });
  await eventually(() => site.auth.verifier.status().watchers === before + 1);
  leaving.abort();
  await events.text().catch(() => {});
  await eventually(() => site.auth.verifier.status().watchers === before);
  assert.equal((await browser.fetch("/exeunt/events", { method: "HEAD" })).status, 200);
  assert.equal(site.auth.verifier.status().watchers, before);
});

// Refreshing

test("a browser does not notice that its access token has expired", async () => {
  const browser = await expired();
  const old = { ...browser.cookies };
  const answer = await browser.fetch("/private");
  assert.deepEqual([answer.status, answer.headers.get("Cache-Control")], [200, "no-store"]);
  assert.notEqual(browser.cookies.access, old.access);
  assert.notEqual(browser.cookies.refresh, old.refresh);
  assert.equal((await new Browser(quick, { refresh: old.refresh }).fetch("/private")).status, 200, "within the grace");
});

test("twenty requests at once refresh once", async () => {
  const browser = await expired();
  const copies = Array.from({ length: 20 }, () => browser.copy());
  const answers = await Promise.all(copies.map((copy) => copy.fetch("/private")));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(copies.map(({ cookies }) => cookies.refresh)).size, 1);
});

test("the new tokens arrive with an error too", async () => {
  const browser = await expired();
  const { refresh } = browser.cookies;
  const answer = await browser.fetch("/fails");
  assert.deepEqual([answer.status, answer.headers.get("Cache-Control")], [500, "no-store"]);
  assert.notEqual(browser.cookies.refresh, refresh);
});

test("a script can have its tokens renewed, and is told when its session is over", async () => {
  const browser = await expired();
  const { refresh } = browser.cookies;
  const thief = browser.copy();
  assert.equal((await browser.post("/exeunt/refresh")).status, 204);
  assert.notEqual(browser.cookies.refresh, refresh);
  const unchanged = await browser.post("/exeunt/refresh");
  assert.equal(unchanged.status, 204);
  await browser.post("/exeunt/logout");
  assert.equal((await thief.post("/exeunt/refresh")).status, 401);
  assert.ok(signedOut(thief), "its cookies go");
  assert.equal((await new Browser(quick).post("/exeunt/refresh")).status, 401);
});

test("a session that has ended is not refreshed, and its cookies go", async () => {
  const browser = await expired();
  const thief = browser.copy();
  await browser.post("/exeunt/logout", { scope: "everywhere" });
  const answer = await thief.fetch("/private");
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get("WWW-Authenticate"), 'Bearer realm="exeunt", error="invalid_token"');
  assert.ok(signedOut(thief));
});

test("a prefetch changes no token", async () => {
  const browser = await expired();
  const before = { ...browser.cookies };
  const answer = await browser.fetch("/private", { headers: { "Sec-Purpose": "prefetch" } });
  assert.deepEqual([answer.status, answer.headers.get("Retry-After")], [503, "1"]);
  assert.deepEqual(browser.cookies, before);
  assert.equal((await browser.fetch("/private")).status, 200);
});

test("a token that the next one would fare no better than is refused without asking for it", async (context) => {
  const options = authority.options();
  const log = new HeardLog();
  const other = await Site.start({ ...options, audience: "https://shop.example.com", log });
  context.after(() => other.stop());
  const { cookies } = await new Browser(site).signIn();
  const browser = new Browser(other, cookies);
  assert.equal((await browser.fetch("/private")).status, 401);
  assert.equal(browser.cookies.refresh, cookies.refresh, "it is not exchanged, and not deleted");
  assert.match(log.text, /meant for another audience/);
  assert.equal((await new Browser(site, cookies).fetch("/private")).status, 200);
});

// What is shown

test("who shows nothing is told to, and who shows nonsense is told so", async () => {
  const nothing = await new Browser(site).fetch("/private");
  assert.equal(nothing.headers.get("WWW-Authenticate"), 'Bearer realm="exeunt"');
  for (const token of ["nonsense", "", "a.b.c", "x".repeat(9000)]) {
    const answer = await new Browser(site).fetch("/private", { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("WWW-Authenticate"), 'Bearer realm="exeunt", error="invalid_token"');
    assert.equal(answer.headers.get("Cache-Control"), "no-store");
  }
  const basic = await new Browser(site).fetch("/private", { headers: { Authorization: "Basic YTpi" } });
  assert.equal(basic.headers.get("WWW-Authenticate"), 'Bearer realm="exeunt"');
});

test("a bearer token decides alone, and no cookie helps it", async () => {
  const { cookies } = await new Browser(site).signIn();
  const browser = new Browser(site, { access: cookies.access, refresh: cookies.refresh });
  const answer = await browser.fetch("/private", { headers: { Authorization: "Bearer nonsense" } });
  assert.equal(answer.status, 401);
  assert.deepEqual(answer.headers.getSetCookie(), [], "and none is changed by it");
});

test("two different cookies of one name count as none", async () => {
  const [own, planted] = [await new Browser(site).signIn(), await new Browser(site).signIn("grace")];
  const headers = { Cookie: `access=${planted.cookies.access}; access=${own.cookies.access}` };
  assert.equal((await new Browser(site).fetch("/private", { headers })).status, 401);
  const same = { Cookie: `access=${own.cookies.access}; access=${own.cookies.access}` };
  assert.equal((await new Browser(site).fetch("/private", { headers: same })).status, 200);
});

// Signed out while offline

test("who signed out while offline is signed out before anything is served, whatever is asked for first", async () => {
  for (const path of ["/", "/private", "/exeunt/session"]) {
    const browser = await new Browser(site).signIn();
    const { session_id } = await browser.json("/exeunt/session");
    const thief = browser.copy();
    browser.cookies["signing-out"] = `current.${session_id}`;
    const text = await (await browser.fetch(path)).text();
    assert.ok(!text.includes("ada"), text);
    assert.deepEqual(Object.keys(browser.cookies), ["notes"]);
    assert.equal((await thief.fetch("/private")).status, 401);
  }
});

test("the wish of an offline sign-out goes as far as it says", async () => {
  const [here, there] = [await new Browser(site).signIn("zoe"), await new Browser(site).signIn("zoe")];
  const { session_id } = await here.json("/exeunt/session");
  here.cookies["signing-out"] = `others.${session_id}`;
  assert.equal((await here.fetch("/private")).status, 200);
  assert.ok(!("signing-out" in here.cookies) && !signedOut(here));
  assert.equal((await there.fetch("/private")).status, 401);
  const third = await new Browser(site).signIn("zoe");
  here.cookies["signing-out"] = `everywhere.${session_id}`;
  assert.equal((await here.fetch("/private")).status, 401);
  assert.equal((await third.fetch("/private")).status, 401);
});

test("a wish about another session, or one without sense, ends nothing and goes", async () => {
  const [browser, other] = [await new Browser(site).signIn(), await new Browser(site).signIn()];
  const { session_id } = await other.json("/exeunt/session");
  const nonsense = ["current.", `nobody.${session_id}`, `current.${session_id}.x`, "x", ""];
  for (const wish of [`current.${session_id}`, ...nonsense]) {
    browser.cookies["signing-out"] = wish;
    assert.equal((await browser.fetch("/private")).status, 200, wish);
    assert.ok(!("signing-out" in browser.cookies), wish);
  }
  assert.equal((await other.fetch("/private")).status, 200);
});

test("the wish is heeded though the access token has expired, and a prefetch leaves it alone", async () => {
  const browser = await expired();
  const { sid } = JSON.parse(Buffer.from(browser.cookies.access.split(".")[1], "base64url"));
  browser.cookies["signing-out"] = `current.${sid}`;
  const before = { ...browser.cookies };
  assert.equal((await browser.fetch("/private", { headers: { Purpose: "prefetch" } })).status, 503);
  assert.deepEqual(browser.cookies, before);
  const alone = new Browser(quick, { refresh: before.refresh, "signing-out": before["signing-out"] });
  assert.equal((await alone.fetch("/private")).status, 401);
  assert.ok(signedOut(alone) && !("signing-out" in alone.cookies));
  assert.equal((await browser.fetch("/private")).status, 401);
  assert.ok(signedOut(browser) && !("signing-out" in browser.cookies));
});
