/** Processes that end, hang and come back. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Verifier } from "../src/index.js";
import { Authority, eventually, Program } from "../testing/authority.js";

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

/** A process that says of each token what it finds. */
class Other {
  static async start(context, options) {
    const { log, ...settings } = { ...authority.options(), ...options };
    const other = new Other();
    const path = fileURLToPath(new URL("../testing/process.js", import.meta.url));
    other.program = new Program(process.execPath, [path, JSON.stringify(settings)], {}, "pipe");
    context.after(() => other.program.kill());
    await other.program.untilReady();
    return other;
  }

  async find(token) {
    this.program.child.stdin.write(`${token}\n`);
    return this.program.line();
  }
}

function found(verifier, token) {
  return verifier.verify(token).then(
    () => "accepted",
    ({ code }) => code,
  );
}

test("a sign-out says by when a verifier that hangs accepts nothing any more, and that is so", async (context) => {
  const other = await Other.start(context, { leaseMilliseconds: 2000 });
  const { tokens } = await verifier.authority.openSession("ada");
  for (const find of [(token) => other.find(token), (token) => found(verifier, token)]) {
    assert.equal(await find(tokens.accessToken), "accepted");
  }
  other.program.freeze();
  const receipt = await verifier.authority.signOut(tokens.refreshToken, { waitSeconds: 0 });
  assert.deepEqual([receipt.endedSessions, receipt.isSettled], [1, false]);
  assert.ok(Date.parse(receipt.settlesBy) > Date.now() - 1000);
  await eventually(async () => (await found(verifier, tokens.accessToken)) === "ended");
  const later = await verifier.authority.openSession("ada");
  const second = await verifier.authority.signOut(later.tokens.refreshToken);
  assert.ok(second.isSettled, "the frozen one's lease has run out meanwhile");
  other.program.thaw();
  assert.match(await other.find(tokens.accessToken), /^(ended|stale)$/);
  await eventually(async () => (await other.find(tokens.accessToken)) === "ended");
});

test("a sign-out waits for a verifier that was killed, but no longer than its lease", async (context) => {
  const other = await Other.start(context, { leaseMilliseconds: 1000 });
  const { tokens } = await verifier.authority.openSession("ada");
  assert.equal(await other.find(tokens.accessToken), "accepted");
  await other.program.kill();
  assert.ok((await verifier.authority.signOut(tokens.refreshToken)).isSettled);
});

test("sign-outs that wait do not keep a poll waiting", async (context) => {
  const other = await Other.start(context, { leaseMilliseconds: 60_000 });
  const opened = await Promise.all(Array.from({ length: 30 }, () => verifier.authority.openSession("ada")));
  const before = verifier.status().applied;
  other.program.freeze();
  let waiting = opened.length;
  const endings = opened.map(async ({ tokens }) => {
    await verifier.authority.signOut(tokens.refreshToken, { waitSeconds: 30 });
    waiting -= 1;
  });
  await eventually(() => verifier.status().applied === before + opened.length);
  assert.equal(waiting, opened.length, "all was heard of while all of them waited");
  other.program.thaw();
  await Promise.all(endings);
});

test("following keeps no process alive that has nothing else to do", async (context) => {
  const other = await Other.start(context);
  const { tokens } = await verifier.authority.openSession("ada");
  assert.equal(await other.find(tokens.accessToken), "accepted");
  other.program.child.stdin.end();
  assert.equal(await other.program.ended(), 0);
});
