/** The server's half of examples/nextjs, on the web's own requests and responses. Next itself is not run here. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { guard, listNotes, signIn, writeNote } from "../../../examples/nextjs/lib/handlers.js";
import { exeunt } from "../src/next.js";
import { Authority } from "../testing/authority.js";
import { Browser } from "../testing/site.js";

const origin = "http://localhost:3000";
const users = "ada:made-up-1 grace:made-up-2";

/** @type {Authority} */
let authority;
let auth;

before(async () => {
  authority = await Authority.start();
  auth = exeunt({ ...authority.options(), origins: [origin], afterSignOut: "/signed-out", leaseMilliseconds: 30_000 });
});

after(async () => {
  await auth?.close();
  await authority?.stop();
});

/** What Next does with a request: the proxy, then the route or the page. */
async function visit(browser, path, { form, headers = {} } = {}) {
  const cookie = Object.entries(browser.cookies).map((pair) => pair.join("="));
  const page = form ? { "Sec-Fetch-Site": "same-origin" } : { "Sec-Fetch-Mode": "navigate" };
  const request = new Request(origin + path, {
    method: form ? "POST" : "GET",
    headers: { cookie: cookie.join("; "), ...page, ...headers },
    body: form && new URLSearchParams(form),
  });
  const isOurs = path.startsWith("/exeunt/");
  const answer = isOurs
    ? await auth.handlers[request.method](request)
    : await guard(auth, request, ({ request: { headers } }) => {
        const body = form && new URLSearchParams(form);
        return route(new Request(request.url, { method: request.method, headers, body }));
      });
  browser.take(answer.headers.getSetCookie());
  return answer;
}

async function route(request) {
  const { pathname } = new URL(request.url);
  if (pathname === "/api/sign-in") return signIn(auth, request, users);
  if (pathname === "/api/notes") return request.method === "GET" ? listNotes(auth, request) : writeNote(auth, request);
  const identity = await auth.getSession(request);
  return new Response(identity ? `Notes of ${identity.subject}` : "a page for everybody");
}

test("one signs in, keeps a note, reads it, and signs out for real", async () => {
  const browser = new Browser();
  const led = await visit(browser, "/");
  assert.deepEqual([led.status, led.headers.get("Location")], [303, "/sign-in?return_to=%2F"]);
  assert.equal(await (await visit(browser, "/sign-in")).text(), "a page for everybody");
  const wrong = await visit(browser, "/api/sign-in", { form: { name: "ada", password: "guessed" } });
  assert.equal(wrong.headers.get("Location"), "/sign-in?wrong=1");
  const right = await visit(browser, "/api/sign-in", { form: { name: "ada", password: "made-up-1" } });
  assert.equal(right.headers.get("Location"), "/");
  assert.equal(await (await visit(browser, "/")).text(), "Notes of ada");
  assert.equal((await visit(browser, "/api/notes", { form: { text: "a plan" } })).status, 303);
  assert.deepEqual(await (await visit(browser, "/api/notes")).json(), ["a plan"]);
  const thief = Object.assign(new Browser(), { cookies: { ...browser.cookies } });
  const left = await visit(browser, "/exeunt/logout", { form: { scope: "current", return_to: "/signed-out" } });
  assert.deepEqual([left.status, left.headers.get("Location")], [303, "/signed-out"]);
  assert.deepEqual(browser.cookies, {});
  assert.equal(await (await visit(browser, "/signed-out")).text(), "a page for everybody");
  for (const path of ["/", "/api/notes"]) assert.ok(!(await (await visit(thief, path)).text()).includes("plan"));
});

test("a note of another site's page is refused", async () => {
  const browser = new Browser();
  await visit(browser, "/api/sign-in", { form: { name: "grace", password: "made-up-2" } });
  const planted = await visit(browser, "/api/notes", {
    form: { text: "planted" },
    headers: { "Sec-Fetch-Site": "cross-site" },
  });
  assert.equal(planted.status, 403);
  assert.deepEqual(await (await visit(browser, "/api/notes")).json(), []);
});
