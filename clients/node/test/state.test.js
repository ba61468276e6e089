/** What the vectors cannot say: what is remembered, what happens while a signature is checked, and who is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "../src/core/look.js";
import { readFeedAnswer } from "../src/core/feed-answer.js";
import { Pause } from "../src/core/pause.js";
import { VerifierState } from "../src/core/verifier-state.js";
import { watchers } from "../src/limits.js";
import { id, keySet, SigningKey, start, TestVerifier } from "../testing/token.js";

function find(verifier, text) {
  return look(text, verifier.state, verifier.rules, verifier.reading);
}

test("a token says who it is", async () => {
  const verifier = await TestVerifier.make();
  assert.deepEqual(await find(verifier, verifier.key.token()), {
    subject: "ada",
    sessionId: id(9),
    tokenId: id(7),
    clientId: "notes",
    authenticatedAt: new Date(start),
    expiresAt: new Date(start + 900_000),
  });
});

for (const capacity of [0, 1, 3, 8, 64]) {
  test(`no more than ${capacity} tokens are remembered, and none is forgotten for good`, async () => {
    const verifier = await TestVerifier.make({ cacheCapacity: capacity });
    const texts = Array.from({ length: 80 }, (_, index) => verifier.key.token({ jti: id(100 + index) }));
    for (const text of [...texts, ...texts]) {
      await find(verifier, text);
      assert.ok(verifier.state.cache.size <= capacity);
    }
    assert.equal(verifier.state.checks.accepted, 160);
  });
}

test("the tokens in use outlast a crowd that comes once", async () => {
  const verifier = await TestVerifier.make({ cacheCapacity: 8 });
  const own = verifier.key.token();
  await find(verifier, own);
  for (let index = 0; index < 100; index += 1) {
    assert.ok(verifier.state.check(own, verifier.now), `it was forgotten after ${index}`);
    await find(verifier, verifier.key.token({ jti: id(100 + index) }));
  }
});

test("a text that ends as a known one does is not taken for it", async () => {
  const verifier = await TestVerifier.make();
  const text = verifier.key.token();
  await find(verifier, text);
  const forged = [...verifier.key.token({ sub: "eve" }).split(".").slice(0, 2), text.split(".")[2]].join(".");
  await assert.rejects(find(verifier, forged), { code: "bad_signature" });
});

test("what has expired makes room by itself", async () => {
  const verifier = await TestVerifier.make();
  for (let index = 0; index < 10; index += 1) await find(verifier, verifier.key.token({ jti: id(100 + index) }));
  verifier.pass(905_000);
  verifier.state.dropExpiredTokens(verifier.now);
  assert.equal(verifier.state.cache.size, 0);
});

test("a great many records go when their time has come, though not all at once", async () => {
  const verifier = await TestVerifier.make();
  verifier.hear(...Array.from({ length: 20_000 }, (_, index) => ({ kind: "session", id: id(1000 + index) })));
  assert.equal(verifier.state.follower.revocations.size, 20_000);
  verifier.pass(965_000);
  for (let turn = 0; turn < 4; turn += 1) verifier.hear();
  assert.equal(verifier.state.follower.revocations.size, 0);
});

test("keys that were fetched earlier and came later are not taken over", async () => {
  const verifier = await TestVerifier.make();
  const early = verifier.state.beginFetch();
  await verifier.setKeys(new SigningKey("two"));
  verifier.state.replaceKeys(await keySet(verifier.key), early);
  await assert.rejects(find(verifier, verifier.key.token()), { code: "unknown_key" });
});

test("a signature that was being checked while its key went does not count", async () => {
  const verifier = await TestVerifier.make();
  const other = await keySet(new SigningKey("two"));
  const finding = find(verifier, verifier.key.token());
  verifier.state.replaceKeys(other, verifier.state.beginFetch());
  await assert.rejects(finding, { code: "unknown_key" });
  assert.equal(verifier.state.cache.size, 0);
});

test("a session that ended while a signature was being checked has ended", async () => {
  const verifier = await TestVerifier.make();
  const finding = find(verifier, verifier.key.token());
  verifier.hear({ kind: "session", id: id(9) });
  await assert.rejects(finding, { code: "ended" });
});

test("a number that JavaScript does not have exactly is not understood", async () => {
  const verifier = await TestVerifier.make();
  const payload = Buffer.from(verifier.key.token().split(".")[1], "base64url").toString();
  const header = JSON.stringify({ typ: "at+jwt", alg: "ES256", kid: "one" });
  const huge = verifier.key.sign(header, payload.replace('"ver":0', '"ver":9007199254740993'));
  await assert.rejects(find(verifier, huge), { code: "malformed" });
  const largest = verifier.key.sign(header, payload.replace('"ver":0', '"ver":9007199254740991'));
  assert.equal((await find(verifier, largest)).subject, "ada");
  const answer = (version) =>
    readFeedAnswer(
      `{"node":"${id(3)}","after":0,"head":1,"lease_ms":3000,"keys_version":"v","revocations":[` +
        `{"seq":1,"kind":"subject","subject":"ada","version":${version},"until":1800000965}]}`,
    );
  assert.equal(answer("9007199254740993"), undefined);
  assert.equal(answer("18446744073709551615"), undefined);
  assert.equal(answer("1.5"), undefined);
  assert.equal(answer("9007199254740991")?.through, 1);
});

// Who waits for an end

for (const record of [
  { kind: "token", id: id(7) },
  { kind: "session", id: id(9) },
  { kind: "subject", subject: "ada", version: 2, except: undefined },
  { kind: "all", epoch: 1 },
]) {
  test(`who waits hears of the end of a ${record.kind} at once, and once`, async () => {
    const verifier = await TestVerifier.make();
    const heard = [];
    verifier.state.watch(await find(verifier, verifier.key.token()), (end) => heard.push(end), verifier.now);
    const others = [
      { kind: "session", id: id(5) },
      { kind: "token", id: id(5) },
      { kind: "subject", subject: "grace", version: 2, except: undefined },
      { kind: "subject", subject: "ada", version: 1, except: id(9) },
    ];
    assert.deepEqual(verifier.hear(...others), []);
    for (const tell of verifier.hear(record)) tell("ended");
    assert.deepEqual(verifier.hear({ kind: "all", epoch: 9 }), []);
    assert.deepEqual(heard, ["ended"]);
    assert.equal(verifier.state.watchers.size, 0);
  });
}

test("who comes too late hears at once, and who does not want to hear any more does not", async () => {
  const verifier = await TestVerifier.make();
  const heard = [];
  const identity = await find(verifier, verifier.key.token());
  const forget = verifier.state.watch(identity, () => heard.push("too much"), verifier.now);
  forget();
  forget();
  assert.deepEqual(verifier.hear({ kind: "session", id: id(9) }), []);
  verifier.state.watch(identity, (end) => heard.push(end), verifier.now);
  assert.deepEqual(heard, ["ended"]);
});

test("without a lease nothing is promised to anybody", async () => {
  const verifier = await TestVerifier.make();
  const heard = [];
  const identity = await find(verifier, verifier.key.token());
  verifier.state.watch(identity, (end) => heard.push(end), verifier.now);
  assert.deepEqual(verifier.state.takeUnpromised(verifier.now), []);
  verifier.pass(3000);
  for (const tell of verifier.state.takeUnpromised(verifier.now)) tell("unknown");
  verifier.state.watch(identity, (end) => heard.push(end), verifier.now);
  assert.deepEqual(heard, ["unknown", "unknown"]);
});

test("as many wait as are allowed and no more", async () => {
  const verifier = await TestVerifier.make();
  const identity = await find(verifier, verifier.key.token());
  for (let count = 0; count < watchers; count += 1) verifier.state.watch(identity, () => {}, verifier.now);
  assert.throws(() => verifier.state.watch(identity, () => {}, verifier.now), { code: "too_many_watchers" });
});

test("an identity that no verifier has given out is refused", () => {
  const state = new VerifierState(id(1), 8);
  assert.throws(() => state.watch({ subject: "ada" }, () => {}, { moment: 0, wall: 0 }), TypeError);
});

test("pauses grow, differ, and heed what the authority asks for", () => {
  const pause = new Pause();
  const shortest = Array.from({ length: 8 }, () => pause.next(0));
  assert.deepEqual(shortest, [25, 50, 100, 200, 400, 500, 500, 500]);
  assert.equal(pause.next(1), 1000);
  assert.equal(pause.next(0, 4000), 4000);
  pause.reset();
  assert.equal(pause.next(1), 50);
});
