/** What is said when something is wrong, and what is done then. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { AuthorityError, VerificationError, Verifier, verifier as shared } from "../src/index.js";
import { Authority, eventually, HeardLog } from "../testing/authority.js";
import { id, SigningKey } from "../testing/token.js";

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
  const verifier = new Verifier(options);
  started.push(verifier);
  return verifier;
}

/** Something that is no authority, at an address of its own. */
async function standIn(context, answer) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

const made = (log = new HeardLog()) => ({ clientId: "client_1", clientSecret: "made-up", log });

const faults = {
  issuer: ["http://accounts.example.com", "accounts.example.com", "https://a.example/?q", "", undefined, 7],
  endpoint: ["ftp://a.example", "https://user:pw@a.example", "nonsense"],
  clientId: ["", undefined],
  clientSecret: ["", undefined],
  leaseMilliseconds: [99, 3_600_001, 1.5, "3000"],
  clockSkewMilliseconds: [-1, 30_001],
  cacheCapacity: [-1, 2 ** 21],
};

test("a setting that cannot be meant is refused, and named, and not shown", () => {
  const good = { issuer: "https://accounts.example.com", clientId: "client_1", clientSecret: "made-up-secret" };
  assert.doesNotThrow(() => new Verifier(good));
  for (const [name, values] of Object.entries(faults)) {
    for (const value of values) {
      if (name === "endpoint" && value === undefined) continue;
      assert.throws(
        () => new Verifier({ ...good, [name]: value }),
        (error) => error.code === "configuration" && error.message.includes(name) && !error.message.includes("made-up"),
        `${name}: ${value}`,
      );
    }
  }
});

test("a wrong secret is said at the start, and so is a client that there is not", async () => {
  const options = authority.options();
  for (const wrong of [{ clientSecret: "wrong" }, { clientId: "client_nobody" }]) {
    const verifier = start({ ...options, ...wrong });
    await assert.rejects(verifier.untilLive(), ({ code, status, message }) => {
      assert.deepEqual([code, status], ["client_refused", 401]);
      assert.match(message, /exeunt clients/);
      assert.ok(!message.includes(options.clientSecret) && !message.includes("wrong"));
      return true;
    });
    await assert.rejects(verifier.verify("x"), VerificationError);
  }
});

test("a missing scope is said with the command that mends it", async () => {
  const follows = start(authority.options("sessions"));
  await assert.rejects(follows.untilLive(), { code: "scope_missing", message: /exeunt clients add NAME --scope feed/ });
  const opens = start(authority.options("feed"));
  await opens.untilLive();
  for (const question of [() => opens.authority.openSession("ada"), () => opens.authority.listSessions("ada")]) {
    await assert.rejects(question(), { code: "scope_missing", message: /--scope sessions/ });
  }
  await assert.rejects(opens.authority.introspect("x"), { code: "scope_missing", message: /--scope introspect/ });
});

test("a dead authority is said with its address, and waited for", async (context) => {
  const issuer = await standIn(context, () => {});
  const dead = issuer.replace(/\d+$/, "1");
  const log = new HeardLog();
  const verifier = start({ issuer: dead, ...made(log) });
  let isLive = false;
  verifier.untilLive().then(
    () => (isLive = true),
    () => {},
  );
  await assert.rejects(verifier.verify("x".repeat(200)), VerificationError);
  await eventually(() => verifier.status().pollErrors > 2);
  assert.ok(!isLive);
  assert.match(verifier.status().lastError, /no answer from the authority at http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
  assert.equal(log.lines.length, 1, "what stays wrong is said once");
  await assert.rejects(verifier.authority.openSession("ada"), { code: "unreachable" });
});

test("an authority that is too old is said to be", async (context) => {
  const issuer = await standIn(context, (request, response) => {
    response.statusCode = 404;
    response.end('{"title":"There is nothing here"}');
  });
  await assert.rejects(start({ issuer, ...made() }).untilLive(), { code: "authority_too_old", message: /no feed/ });
  const other = await standIn(context, (request, response) => response.end('{"head":0,"revocations":[]}'));
  await assert.rejects(start({ issuer: other, ...made() }).untilLive(), { code: "authority_too_old", message: /node/ });
});

test("what is no authority at all is not believed, and its redirect is not followed", async (context) => {
  const asked = [];
  const elsewhere = await standIn(context, (request, response) => {
    asked.push(request.headers.authorization);
    response.end("{}");
  });
  const issuer = await standIn(context, (request, response) => {
    response.writeHead(307, { Location: `${elsewhere}${request.url}` }).end();
  });
  const verifier = start({ issuer, ...made() });
  await assert.rejects(verifier.verify("x".repeat(200)), VerificationError);
  await assert.rejects(verifier.authority.openSession("ada"), { code: "refused", status: 307 });
  assert.deepEqual(asked, []);
  const page = await standIn(context, (request, response) => response.end("<html>"));
  const other = start({ issuer: page, ...made() });
  await assert.rejects(other.verify("x".repeat(200)), VerificationError);
  assert.match(other.status().lastError, /cannot be understood/);
});

test("an answer without end is cut off", async (context) => {
  const issuer = await standIn(context, (request, response) => {
    const more = () => response.write("x".repeat(65_536), more);
    more();
  });
  const verifier = start({ issuer, ...made() });
  await assert.rejects(verifier.authority.openSession("ada"), { code: "unreachable", message: /more than 1048576/ });
});

test("an authority that is busy is asked again when it says so", async (context) => {
  const issuer = await standIn(context, (request, response) => response.writeHead(503, { "Retry-After": "4" }).end());
  const { authority: client } = start({ issuer, ...made() });
  await assert.rejects(client.signOut("x"), { code: "unavailable", status: 503, retryAfterSeconds: 4 });
});

test("what does not look like a refresh token costs no request", async (context) => {
  const asked = [];
  const issuer = await standIn(context, (request, response) => {
    asked.push(request.url);
    response.end();
  });
  const { authority: client } = start({ issuer, ...made() });
  for (const text of ["", "x", "exr_", "exr_short", `exr_${"A".repeat(600)}`, `exr_${"A".repeat(42)}=`]) {
    await assert.rejects(client.refresh(text), { code: "credential_over" });
  }
  assert.deepEqual(asked, []);
});

test("a clock that is wrong is said to be, in which direction and by how much", async (context) => {
  const log = new HeardLog();
  const issuer = await standIn(context, (request, response) => {
    response.setHeader("Date", new Date(Date.now() - 3_600_000).toUTCString());
    response.end(request.url.startsWith("/v1/feed") ? news() : "{}");
  });
  const verifier = start({ issuer, ...made(log) });
  await assert.rejects(verifier.verify("x".repeat(200)), VerificationError);
  assert.match(log.text, /clock is 360\d s ahead of the authority's/);
});

function news(changes) {
  const nothing = { node: id(3), after: 0, head: 0, lease_ms: 3000, keys_version: "v", revocations: [] };
  return JSON.stringify({ ...nothing, ...changes });
}

const jwks = JSON.stringify({ keys: [new SigningKey().jwk] });

test("a lease counts from before the poll was sent, however late the answer", async (context) => {
  const lateMilliseconds = 400;
  const issuer = await standIn(context, (request, response) => {
    if (!request.url.startsWith("/v1/feed")) return response.end(jwks);
    setTimeout(() => response.end(news({ lease_ms: 60_000 })), lateMilliseconds);
  });
  const verifier = start({ issuer, ...made() });
  await verifier.untilLive();
  const { leaseAgeMilliseconds, leaseLeftMilliseconds } = verifier.status();
  assert.ok(leaseAgeMilliseconds >= lateMilliseconds - 1, `${leaseAgeMilliseconds}`);
  assert.equal(leaseAgeMilliseconds + leaseLeftMilliseconds, 60_000);
});

test("news is taken in, and acknowledged, only after the keys that it speaks of", async (context) => {
  const asked = [];
  let hasKeys = false;
  const issuer = await standIn(context, (request, response) => {
    const url = new URL(request.url, "http://localhost");
    asked.push(url.pathname === "/v1/feed" ? `after ${url.searchParams.get("after")}` : "keys");
    if (url.pathname !== "/v1/feed") return response.writeHead(hasKeys ? 200 : 503).end(jwks);
    if (url.searchParams.get("after") === "0") response.end(news({ head: 7 }));
  });
  const verifier = start({ issuer, ...made() });
  await assert.rejects(verifier.verify("x".repeat(200)), VerificationError);
  await eventually(() => asked.filter((what) => what === "keys").length > 2);
  assert.deepEqual([verifier.status().applied, verifier.status().state], [0, "starting"]);
  assert.ok(!asked.includes("after 7"));
  hasKeys = true;
  await verifier.untilLive();
  await eventually(() => asked.includes("after 7"));
  assert.equal(asked.lastIndexOf("keys"), asked.indexOf("after 7") - 1);
});

test("an authority that holds no poll is not asked all the time", async (context) => {
  let polls = 0;
  const issuer = await standIn(context, (request, response) => {
    if (!request.url.startsWith("/v1/feed")) return response.end(jwks);
    polls += 1;
    response.end(news());
  });
  const verifier = start({ issuer, ...made() });
  await verifier.untilLive();
  const begun = Date.now();
  await eventually(() => polls >= 5);
  assert.ok(Date.now() - begun > 900, "two of the polls have waited for half a third of the lease each");
});

test("those who bring one refresh token at the same time make one request", async (context) => {
  let asked = 0;
  const answer = JSON.stringify({ access_token: "a", refresh_token: "b", token_type: "Bearer", expires_in: 900 });
  const issuer = await standIn(context, (request, response) => {
    asked += 1;
    setTimeout(() => response.end(answer), 50);
  });
  const { authority: client } = start({ issuer, ...made() });
  const token = `exr_${"A".repeat(71)}`;
  await Promise.all(Array.from({ length: 20 }, () => client.refresh(token)));
  assert.equal(asked, 1);
  await client.refresh(token);
  assert.equal(asked, 2);
});

test("a wrong issuer or audience is said with both names", async () => {
  const { issuer, ...options } = authority.options();
  const right = start({ issuer, ...options });
  const { tokens } = await right.authority.openSession("ada");
  const wrong = { ...options, issuer: "https://accounts.example.com", endpoint: issuer };
  await assert.rejects(start(wrong).verify(tokens.accessToken), {
    code: "wrong_issuer",
    message: new RegExp(`set \`issuer\`.*${issuer}, not https://accounts.example.com`),
  });
  await assert.rejects(start({ issuer, ...options, audience: "https://shop.example.com" }).verify(tokens.accessToken), {
    code: "wrong_audience",
    message: /not https:\/\/shop.example.com/,
  });
});

test("a verifier whose authority is killed refuses once its lease has run out, and comes back", async (context) => {
  const own = await Authority.start();
  context.after(() => own.stop());
  const log = new HeardLog();
  const verifier = start({ ...own.options(), leaseMilliseconds: 500, log });
  const { tokens } = await verifier.authority.openSession("ada");
  const heard = [];
  // On a machine that is busy the lease may run out in between.
  await eventually(async () => {
    const identity = await verifier.verify(tokens.accessToken).catch(() => undefined);
    if (identity) verifier.onEnd(identity, (end) => heard.push(end));
    return identity && heard.length === 0;
  });
  await own.kill();
  await eventually(() => verifier.status().state === "lapsed");
  await assert.rejects(verifier.verify(tokens.accessToken), { code: "stale" });
  assert.throws(() => verifier.check(tokens.accessToken), { code: "stale" });
  await eventually(() => heard.length > 0);
  assert.deepEqual(heard, ["unknown"]);
  assert.match(log.text, /the lease has ended/);
  await own.startAgain();
  await eventually(() => verifier.verify(tokens.accessToken).catch(() => undefined));
  assert.ok((await verifier.authority.signOut(tokens.refreshToken)).isSettled);
  await assert.rejects(verifier.verify(tokens.accessToken), { code: "ended" });
  await verifier.close();
});

test("all who say the same share one verifier, and whoever comes after it was closed gets a new one", async () => {
  const options = authority.options();
  const one = shared(options);
  started.push(one);
  assert.equal(shared({ ...options, endpoint: options.issuer }), one);
  assert.notEqual(shared({ ...options, audience: "https://shop.example.com" }), one);
  await one.untilLive();
  await one.close();
  const two = shared(options);
  started.push(two);
  assert.notEqual(two, one);
  await two.untilLive();
});

test("an error of another copy of this package is known as one", () => {
  const failure = new AuthorityError("refused", "no");
  const other = Object.defineProperty(new Error("no"), Symbol.for("exeunt.AuthorityError"), { value: true });
  assert.ok(failure instanceof AuthorityError && other instanceof AuthorityError);
  assert.ok(!(new VerificationError("ended") instanceof AuthorityError));
  assert.ok(!(new Error("no") instanceof VerificationError) && !(undefined instanceof VerificationError));
});
