/** A verifier and the real authority. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { Verifier } from "../src/index.js";
import { Authority, eventually } from "../testing/authority.js";

/** @type {Authority} */
let authority;
const started = [];

before(async () => {
  authority = await Authority.start();
});

after(async () => {
  await Promise.allSettled(started.map((verifier) => verifier.close()));
  await authority?.stop();
});

function start(options) {
  const verifier = new Verifier({ ...authority.options(), ...options });
  started.push(verifier);
  return verifier;
}

test("a token is accepted until the very answer of its sign-out, on every verifier", async () => {
  const verifiers = [start(), start(), start()];
  for (let turn = 0; turn < 20; turn += 1) {
    const { tokens, sessionId } = await verifiers[turn % 3].authority.openSession("ada");
    for (const verifier of verifiers) {
      assert.equal((await verifier.verify(tokens.accessToken)).sessionId, sessionId);
      assert.equal(verifier.check(tokens.accessToken).subject, "ada");
    }
    const receipt = await verifiers[turn % 3].authority.signOut(tokens.refreshToken);
    assert.deepEqual([receipt.endedSessions, receipt.isSettled], [1, true]);
    for (const verifier of verifiers) {
      assert.throws(() => verifier.check(tokens.accessToken), { code: "ended" });
      await assert.rejects(verifier.verify(tokens.accessToken), { code: "ended" });
      await assert.rejects(verifier.authority.refresh(tokens.refreshToken), { code: "credential_over" });
    }
  }
});

test("the first question waits for the first lease, and a token that was not seen is for verify", async () => {
  const verifier = start();
  const { tokens } = await verifier.authority.openSession("ada");
  assert.equal(verifier.status().state, "starting");
  assert.equal(verifier.check(tokens.accessToken), undefined);
  assert.equal((await verifier.verify(tokens.accessToken)).subject, "ada");
  assert.equal(verifier.status().state, "live");
  await assert.rejects(verifier.verify("nonsense"), { code: "malformed" });
  await assert.rejects(verifier.verify(undefined), { code: "malformed" });
  assert.deepEqual(verifier.status().checks, { accepted: 1, malformed: 2 });
});

test("who waits hears of the end before the sign-out is answered", async () => {
  const verifier = start();
  const { tokens } = await verifier.authority.openSession("ada");
  const heard = [];
  verifier.onEnd(await verifier.verify(tokens.accessToken), (end) => heard.push(end));
  await verifier.authority.endSessions("ada");
  assert.deepEqual(heard, ["ended"]);
});

test("one who fails to hear of an end keeps nobody else from it", async () => {
  const verifier = start();
  const { tokens } = await verifier.authority.openSession("grace");
  const identity = await verifier.verify(tokens.accessToken);
  const heard = [];
  verifier.onEnd(identity, () => {
    throw new Error("deaf");
  });
  verifier.onEnd(identity, (end) => heard.push(end));
  await verifier.authority.signOut(tokens.accessToken);
  assert.deepEqual(heard, ["ended"]);
  const { tokens: later } = await verifier.authority.openSession("grace");
  assert.equal((await verifier.verify(later.accessToken)).subject, "grace");
});

test("sessions are listed to the last page, ended one by one, and all but one", async () => {
  const { authority: client } = start();
  const subject = "who/has?many #devices%2F";
  const opened = [];
  for (let count = 0; count < 103; count += 1) {
    opened.push((await client.openSession(subject, { device: { label: `number ${count}` } })).sessionId);
  }
  const listed = await client.listSessions(subject);
  assert.deepEqual(
    listed.map(({ id }) => id),
    opened.reverse(),
  );
  assert.equal(listed[0].device.label, "number 102");
  assert.equal((await client.endSession(subject, opened[0])).endedSessions, 1);
  await assert.rejects(client.endSession(subject, opened[0]), { code: "not_found", status: 404 });
  await assert.rejects(client.endSession("somebody else", opened[1]), { code: "not_found" });
  assert.equal((await client.endSessions(subject, { except: opened[1] })).endedSessions, 101);
  assert.deepEqual(
    (await client.listSessions(subject)).map(({ id }) => id),
    [opened[1]],
  );
});

for (const subject of ["..", ".", "%2e%2e", "a/../b"]) {
  test(`a subject may be called ${subject}, and nobody else is meant`, async () => {
    const { authority: client } = start();
    const bystander = await client.openSession("b");
    const { sessionId } = await client.openSession(subject);
    assert.deepEqual(
      (await client.listSessions(subject)).map(({ id }) => id),
      [sessionId],
    );
    assert.equal((await client.endSessions(subject)).endedSessions, 1);
    assert.ok((await client.listSessions("b")).some(({ id }) => id === bystander.sessionId));
  });
}

test("a changed password ends the other sessions and keeps the one that changed it", async () => {
  const verifier = start();
  const { authority: client } = verifier;
  const [here, there] = [await client.openSession("lin"), await client.openSession("lin")];
  for (const { tokens } of [here, there]) await verifier.verify(tokens.accessToken);
  const receipt = await client.reportEvent("lin", "password_changed", { keepSession: here.sessionId });
  assert.equal(receipt.endedSessions, 1);
  assert.equal(verifier.check(here.tokens.accessToken).sessionId, here.sessionId);
  assert.throws(() => verifier.check(there.tokens.accessToken), { code: "ended" });
});

test("twenty who bring a refresh token at once get one pair", async () => {
  const { authority: client } = start();
  const { tokens } = await client.openSession("ada");
  const pairs = await Promise.all(Array.from({ length: 20 }, () => client.refresh(tokens.refreshToken)));
  assert.equal(new Set(pairs).size, 1);
  assert.notEqual(pairs[0].refreshToken, tokens.refreshToken);
});

test("a genuine token says whose session it is of, whatever became of that", async () => {
  const verifier = start();
  const { tokens, sessionId } = await verifier.authority.openSession("ada");
  assert.equal(await verifier.sessionOf(tokens.accessToken), sessionId);
  await verifier.authority.signOut(tokens.accessToken);
  assert.equal(await verifier.sessionOf(tokens.accessToken), sessionId);
  assert.equal(await verifier.sessionOf(tokens.accessToken.slice(0, -4) + "AAAA"), undefined);
  assert.equal(await verifier.sessionOf("nonsense"), undefined);
});

test("introspection says what the authority knows", async () => {
  const verifier = start(authority.options("sessions", "introspect"));
  const { tokens, sessionId } = await verifier.authority.openSession("ada");
  assert.equal((await verifier.authority.introspect(tokens.accessToken)).sid, sessionId);
  assert.equal(await verifier.authority.introspect("nonsense"), undefined);
});

test("a sign-out does not wait for a verifier that was closed, however long its lease", async () => {
  const [stays, leaves] = [start(), start({ leaseMilliseconds: 60_000 })];
  const { tokens } = await stays.authority.openSession("ada");
  const identity = await leaves.verify(tokens.accessToken);
  const heard = [];
  leaves.onEnd(identity, (end) => heard.push(end));
  await leaves.close();
  await leaves.close();
  assert.deepEqual(heard, ["unknown"]);
  assert.equal(leaves.status().state, "stopped");
  assert.throws(() => leaves.check(tokens.accessToken), { code: "stale" });
  await assert.rejects(leaves.verify(tokens.accessToken), { code: "stale" });
  assert.ok((await stays.authority.signOut(tokens.refreshToken)).isSettled);
});

test("no dump of anything shows a secret", async () => {
  const options = { ...authority.options(), leaseMilliseconds: 5000 };
  const verifier = start(options);
  const opened = await verifier.authority.openSession("ada");
  const identity = await verifier.verify(opened.tokens.accessToken);
  const failure = await verifier.authority.refresh(`exr_${"A".repeat(71)}`).catch((error) => error);
  const shown = [verifier, verifier.authority, opened, identity, failure, verifier.status()]
    .flatMap((value) => [inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value), `${value}`])
    .join("\n");
  for (const secret of [options.clientSecret, opened.tokens.accessToken, opened.tokens.refreshToken]) {
    assert.ok(!shown.includes(secret));
    assert.ok(!shown.includes(Buffer.from(secret).toString("base64").slice(0, 20)));
  }
  assert.ok(!shown.includes("Basic "));
});

test("a token of a new signing key is taken as soon as it is shown", async () => {
  const verifier = start();
  const { tokens } = await verifier.authority.openSession("ada");
  await verifier.verify(tokens.accessToken);
  const keyOf = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url")).kid;
  authority.command("keys", "rotate");
  let { accessToken } = tokens;
  await eventually(async () => {
    ({ accessToken } = (await verifier.authority.openSession("ada")).tokens);
    assert.equal((await verifier.verify(accessToken)).subject, "ada");
    return keyOf(accessToken) !== keyOf(tokens.accessToken);
  });
  assert.equal(verifier.check(tokens.accessToken).subject, "ada", "the old key is good until its tokens have expired");
});

test("anybody can name a key that there is not, and makes the keys be fetched once a second for it", async () => {
  const verifier = start();
  const { tokens } = await verifier.authority.openSession("ada");
  await verifier.verify(tokens.accessToken);
  const [, payload, signature] = tokens.accessToken.split(".");
  const header = Buffer.from('{"typ":"at+jwt","alg":"ES256","kid":"nobody"}').toString("base64url");
  const forged = [header, payload, signature].join(".");
  const findings = [];
  for (let turn = 0; turn < 20; turn += 1) findings.push((await verifier.verify(forged).catch((error) => error)).code);
  assert.equal(findings[0], "unknown_key");
  assert.ok(findings.slice(1).includes("stale"), "in between nobody can know");
  assert.equal(verifier.check(tokens.accessToken).subject, "ada");
});
