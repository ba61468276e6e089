/** Processes of an Express application that are started, several at once, and stopped. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Verifier } from "../src/index.js";
import { Authority, Program } from "../testing/authority.js";
import { Browser, Site } from "../testing/site.js";

/** @type {Authority} */
let authority;
/** @type {Verifier} */
let verifier;

before(async () => {
  authority = await Authority.start();
  verifier = new Verifier(authority.options());
  await verifier.untilLive();
});

after(async () => {
  await verifier?.close();
  await authority?.stop();
});

/** A port that nobody listens on at this moment. */
async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

const openSession = () => verifier.authority.openSession("ada");

test("each worker of a cluster knows of a sign-out before it is answered, and the primary is idle", async (context) => {
  const port = await freePort();
  const { log, ...options } = authority.options();
  const path = fileURLToPath(new URL("../testing/cluster.js", import.meta.url));
  const settings = JSON.stringify({ ...options, port, leaseMilliseconds: 60_000 });
  const program = new Program(process.execPath, [path, settings], {});
  context.after(() => program.kill());
  assert.equal((await program.untilReady()).state, "starting");
  const ask = async (token) => {
    const headers = { Authorization: `Bearer ${token}`, Connection: "close" };
    const answer = await fetch(`http://127.0.0.1:${port}/private`, { headers });
    return { status: answer.status, worker: answer.ok ? (await answer.json()).worker : undefined };
  };
  for (let turn = 0; turn < 5; turn += 1) {
    const { tokens } = await openSession();
    const workers = new Set();
    while (workers.size < 2) {
      const { status, worker } = await ask(tokens.accessToken);
      assert.equal(status, 200);
      workers.add(worker);
    }
    assert.ok((await verifier.authority.signOut(tokens.refreshToken)).isSettled);
    for (let count = 0; count < 8; count += 1) assert.equal((await ask(tokens.accessToken)).status, 401);
  }
  assert.equal(await program.stop(), 0, program.errors);
  const { tokens } = await openSession();
  assert.ok((await verifier.authority.signOut(tokens.refreshToken)).isSettled, "both have given their leases back");
});

test("a server that stops finishes its requests, ends its streams and gives its lease back", async (context) => {
  let enter;
  let leave;
  const entered = new Promise((resolve) => (enter = resolve));
  const left = new Promise((resolve) => (leave = resolve));
  const site = await Site.start(
    { ...authority.options(), leaseMilliseconds: 60_000 },
    {
      makeApp: ({ auth }) => {
        const routes = auth.routes();
        const isIn = auth.requireSession();
        return async (req, res) => {
          req.originalUrl = req.url;
          if (req.url.startsWith("/exeunt")) {
            req.url = req.url.slice("/exeunt".length);
            return routes(req, res, () => res.end());
          }
          enter();
          await left;
          isIn(req, res, () => res.end("finished"));
        };
      },
    },
  );
  context.after(() => site.server.closeAllConnections());
  const { tokens } = await openSession();
  const browser = new Browser(site, { access: tokens.accessToken });
  const events = await browser.fetch("/exeunt/events");
  const slow = browser.fetch("/slow");
  await entered;
  const stopped = site.stop();
  assert.equal(await events.text(), "retry: 1000\n\n");
  leave();
  const answer = await slow;
  assert.deepEqual([answer.status, await answer.text()], [200, "finished"], "it is judged while there is a lease");
  await stopped;
  await assert.rejects(browser.fetch("/slow"), "nobody listens any more");
  assert.ok((await verifier.authority.signOut(tokens.refreshToken)).isSettled);
});
