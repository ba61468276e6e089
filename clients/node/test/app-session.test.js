/**
 * The application's own session beside ours.
 *
 * It is that of examples/express/app-session.js, which keeps to what express-session documents: `req.session` on each
 * request, kept when something was put into it, with `destroy`, `regenerate` and `save` that call back.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authority, eventually } from "../testing/authority.js";
import { Browser, Site } from "../testing/site.js";

/** @type {Authority} */
let authority;
/** @type {Site} */
let site;
/** @type {Site} */
let other;

before(async () => {
  authority = await Authority.start();
  site = await Site.start(authority.options());
  other = await Site.start(authority.options());
});

after(async () => {
  await Promise.allSettled([site?.stop(), other?.stop()]);
  await authority?.stop();
});

/** Somebody who is signed in, and for whom the application keeps something of its own. */
async function withSecret(name = "ada") {
  const browser = await new Browser(site).signIn(name);
  assert.equal((await browser.post("/keep")).status, 200);
  assert.equal((await browser.json("/")).kept, `of ${name}`);
  return browser;
}

const keeps = (name) => [...site.store.values()].some((text) => text.includes(`of ${name}`));

test("what the application keeps ends with the session, wherever that was ended", async () => {
  const [here, there] = [await withSecret("lin"), await withSecret("lin")];
  await here.post("/exeunt/logout", { scope: "others" });
  assert.equal((await here.json("/")).kept, "of lin");
  assert.deepEqual(await there.json("/"), { subject: null, kept: null });
  await here.post("/exeunt/logout", { scope: "everywhere" });
  assert.deepEqual(await here.json("/"), { subject: null, kept: null });
  assert.ok(!keeps("lin"), "the store has forgotten it too");
});

test("what the application keeps is nobody's without its session's tokens, and nobody else's", async () => {
  const browser = await withSecret("mae");
  const { access, refresh, notes } = browser.cookies;
  const stranger = await new Browser(site).signIn("grace");
  assert.equal((await new Browser(site, { ...stranger.cookies, notes }).json("/")).kept, null);
  assert.ok(!keeps("mae"), "and it is gone, because it was in somebody else's hands");
  const again = await withSecret("mae");
  assert.deepEqual(await new Browser(site, { notes: again.cookies.notes }).json("/"), { subject: null, kept: null });
  assert.equal((await new Browser(site, { access, refresh }).json("/")).kept, null);
});

test("who signs in as somebody else takes nothing along", async () => {
  const browser = await withSecret("ada");
  await browser.signIn("grace");
  assert.deepEqual(await browser.json("/"), { subject: "grace", kept: null });
});

test("what the application begins to keep only after the sign-in ends with the session as well", async () => {
  const browser = await new Browser(site).signIn("ann");
  // The application's store has lost what was marked at the sign-in.
  site.store.clear();
  await browser.post("/keep");
  assert.equal((await browser.json("/")).kept, "of ann");
  await new Browser(other, browser.cookies).post("/exeunt/logout");
  assert.deepEqual(await browser.json("/"), { subject: null, kept: null });
  assert.ok(!keeps("ann"));
});

test("who brings a bearer token is not given a session of the application to keep", async () => {
  const { cookies } = await new Browser(site).signIn();
  site.store.clear();
  const caller = new Browser(site);
  for (let turn = 0; turn < 3; turn += 1) {
    await caller.json("/private", { headers: { Authorization: `Bearer ${cookies.access}` } });
  }
  assert.deepEqual([caller.cookies, site.store.size], [{}, 0]);
});

test("an application's session that can only be destroyed is destroyed", async (context) => {
  const destroyed = [];
  const plain = await Site.start(authority.options(), {
    makeApp: ({ auth }) => {
      const middleware = auth.middleware();
      return (req, res) => {
        const destroy = (done) => {
          destroyed.push(req.session.exeunt);
          delete req.session;
          done();
        };
        req.session = { exeunt: "a session that was", destroy };
        middleware(req, res, () => res.end(JSON.stringify(req.session ?? null)));
      };
    },
  });
  context.after(() => plain.stop());
  assert.equal(await new Browser(plain).json("/"), null);
  assert.deepEqual(destroyed, ["a session that was"]);
});

test("one that cannot be destroyed is shown to nobody", async (context) => {
  const plain = await Site.start(authority.options(), {
    makeApp: ({ auth }) => {
      const middleware = auth.middleware();
      return (req, res) => {
        req.session = { exeunt: "a session that was", destroy: (done) => done(new Error("the store is full")) };
        middleware(req, res, (error) => {
          res.statusCode = error ? 500 : 200;
          res.end();
        });
      };
    },
  });
  context.after(() => plain.stop());
  assert.equal((await new Browser(plain).fetch("/")).status, 500);
});

test("while nobody can know, what the application keeps is shown to nobody, and is kept", async (context) => {
  const own = await Authority.start();
  context.after(() => own.stop());
  const lapsing = await Site.start({ ...own.options(), leaseMilliseconds: 2000 });
  context.after(() => lapsing.stop());
  const browser = await new Browser(lapsing).signIn();
  await browser.post("/keep");
  const { session_id } = await browser.json("/exeunt/session");
  const events = await browser.fetch("/exeunt/events");
  await own.kill();
  assert.equal(await events.text(), "retry: 1000\n\n", "the stream ends, though nobody knows of a sign-out");
  await eventually(() => lapsing.auth.verifier.status().state === "lapsed");
  for (const path of ["/", "/private", "/exeunt/session", "/exeunt/events", "/exeunt/devices"]) {
    const answer = await browser.fetch(path);
    assert.deepEqual([answer.status, answer.headers.get("Cache-Control")], [503, "no-store"], path);
    assert.ok(Number(answer.headers.get("Retry-After")) >= 1);
    assert.ok(!(await answer.text()).includes("of ada"));
  }
  const refused = await browser.post("/exeunt/logout");
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /still signed in/);
  browser.cookies["signing-out"] = `current.${session_id}`;
  assert.equal((await browser.fetch("/private")).status, 503);
  assert.deepEqual(Object.keys(browser.cookies).sort(), ["access", "notes", "refresh", "signing-out"]);
  delete browser.cookies["signing-out"];
  assert.equal((await new Browser(lapsing).fetch("/")).status, 200, "a stranger is known to be one");
  await own.startAgain();
  await eventually(async () => (await browser.fetch("/")).status === 200);
  assert.deepEqual(await browser.json("/"), { subject: "ada", kept: "of ada" });
  assert.equal((await browser.post("/exeunt/logout")).status, 303);
});
