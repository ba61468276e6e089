/**
 * Sessions that a provider of the sign-in has vouched for, and its sign-out, which comes to the real authority by the front channel.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { exeunt } from "../src/next.js";
import { Authority, eventually } from "../testing/authority.js";
import { Browser, Site } from "../testing/site.js";

const issuer = "https://id.example.com";

/** @type {Authority} */
let authority;
let site;
let auth;

before(async () => {
  authority = await Authority.start();
  const keys = ["--jwks-uri", `${issuer}/keys`];
  authority.command("providers", "add", issuer, "--audience", "notes", ...keys, "--front-channel");
  site = await Site.start(authority.options());
  auth = exeunt({ ...authority.options(), origins: [site.url], afterSignOut: "/signed-out" });
});

after(async () => {
  await Promise.allSettled([site?.stop(), auth?.close()]);
  await authority?.stop();
});

async function signOutAtProvider(sid) {
  const query = new URLSearchParams({ iss: issuer, sid });
  const answer = await fetch(`${authority.issuer}/frontchannel-logout?${query}`);
  assert.equal(answer.status, 200);
}

test("Express: the provider's sign-out ends the session that it vouched for, and no other", async () => {
  const [vouched, other] = [new Browser(site), await new Browser(site).signIn("grace")];
  await vouched.post("/sign-in", { name: "ada", issuer, sid: "one" });
  assert.equal((await vouched.fetch("/private")).status, 200);
  await signOutAtProvider("one");
  await eventually(async () => (await vouched.fetch("/private")).status === 401);
  assert.equal((await other.fetch("/private")).status, 200);
});

test("Next.js: the provider's sign-out ends the session, and a sign-in that comes after it is refused", async () => {
  const here = () => new Request(`${site.url}/sign-in`, { method: "POST" });
  const signIn = () => auth.signIn(here(), { subject: "lin", upstream: { issuer, sid: "two", sub: "lin at home" } });
  const { sessionId } = await signIn();
  const listed = async () => (await auth.verifier.authority.listSessions("lin")).map(({ id }) => id);
  assert.deepEqual(await listed(), [sessionId]);
  await signOutAtProvider("two");
  assert.deepEqual(await listed(), []);
  await assert.rejects(signIn(), { name: "AuthorityError", status: 409 });
});
