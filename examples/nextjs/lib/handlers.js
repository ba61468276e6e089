/**
 * What the application's own routes do. It knows the web's requests and responses, and nothing of Next.
 *
 * @typedef {ReturnType<typeof import("exeunt/next").exeunt>} Auth
 */
import { addNote, notesOf } from "./notes.js";
import { isRight } from "./users.js";

/** Whom each page is for: the rest of them is private. */
const forEverybody = ["/sign-in", "/signed-out", "/api/sign-in"];

/**
 * What comes before every page and route.
 * @param {Auth} auth
 * @param {Request} request
 * @param {import("../../../clients/node/src/next.js").Through} next
 */
export function guard(auth, request, next) {
  const allowsStrangers = forEverybody.includes(new URL(request.url).pathname);
  return auth.protect(request, { next, allowsStrangers, signIn: "/sign-in" });
}

/**
 * Checks the password, which is ours to do, and has Exeunt open a session.
 *
 * The answer is a redirection and not an update of the page: whatever the page or the router held of somebody before is
 * gone with it.
 * @param {Auth} auth
 * @param {Request} request
 * @param {string} [users]
 */
export async function signIn(auth, request, users) {
  const form = new URLSearchParams(await request.text());
  const name = form.get("name") ?? "";
  if (!isRight(name, form.get("password") ?? "", users)) return seeOther("/sign-in?wrong=1");
  try {
    const { headers } = await auth.signIn(request, { subject: name });
    return seeOther("/", headers);
  } catch (error) {
    console.error(`notes: nobody can sign in: ${error.message}`);
    return seeOther("/sign-in?later=1");
  }
}

/**
 * @param {Auth} auth
 * @param {Request} request
 */
export async function listNotes(auth, request) {
  const identity = await auth.getSession(request);
  if (!identity) return new Response(null, { status: 401 });
  return Response.json(notesOf(identity.subject), { headers: { "Cache-Control": "no-store" } });
}

/**
 * @param {Auth} auth
 * @param {Request} request
 */
export async function writeNote(auth, request) {
  const identity = await auth.getSession(request);
  if (!identity) return new Response(null, { status: 401 });
  const text = new URLSearchParams(await request.text()).get("text");
  if (!text) return new Response("A note has a text.", { status: 400 });
  addNote(text, identity.subject);
  return seeOther("/");
}

/**
 * @param {string} place
 * @param {Headers} [headers]
 */
function seeOther(place, headers = new Headers()) {
  headers.set("Location", place);
  return new Response(null, { status: 303, headers });
}
