import { TooManyWatchersError } from "./core/verifier-state.js";
import { VerificationError } from "./core/verification-error.js";
import { retryAfterSeconds, streamBytes } from "./limits.js";
import { callOf, callOfCookies } from "./next/visit.js";
import { foreign, ownPlace, refusal, seeOther, text, unavailable } from "./web/answers.js";
import { bearerToken, isNavigation, isPrefetch } from "./web/call.js";
import { cookieHeader, merged } from "./web/cookies.js";
import { endSession } from "./web/ending.js";
import { eventStream } from "./web/event-stream.js";
import { site } from "./web/options.js";

/** @typedef {import("./authority/authority-client.js").Device} Device */
/** @typedef {import("./authority/authority-client.js").Upstream} Upstream */
/** @typedef {import("./authority/authority-client.js").EventType} EventType */
/** @typedef {import("./authority/authority-client.js").SignOutScope} SignOutScope */
/** @typedef {import("./core/verified-token.js").Identity} Identity */
/** @typedef {import("./next/visit.js").CookieStore} CookieStore */
/** @typedef {import("./web/answers.js").Answer} Answer */
/** @typedef {import("./web/gate.js").Admission} Admission */
/** @typedef {(request: Request, context?: unknown) => Promise<Response>} RouteHandler */
/**
 * What lets a request through, such as Next's `NextResponse.next`; it is given the request's headers with the newest
 * tokens in them, so that the page sees those.
 * @typedef {(init: { request: { headers: Headers } }) => Response | Promise<Response>} Through
 */

/**
 * Exeunt for Next.js, and whatever else has the web's own requests and responses, on Node.
 * @param {import("./web/options.js").AdapterOptions & { base?: string }} options `base` is where the catch-all route
 *   is, `/exeunt` unless said
 */
export function exeunt(options) {
  return new FetchAdapter(options);
}

class FetchAdapter {
  /** The verifier of this process: `verifier.authority` is the authority, `verifier.status()` says how it is doing. */
  verifier;
  /**
   * The handlers of the catch-all route, which the browser's half talks to: `export const { GET, POST } =
   * auth.handlers` in `app/exeunt/[...path]/route.js`.
   * @type {{ GET: RouteHandler, POST: RouteHandler }}
   */
  handlers = { GET: (request) => this.#route(request), POST: (request) => this.#route(request) };
  #base;
  #gate;
  #cookies;
  #origins;
  #routes;
  /** @type {Set<() => void>} what closes each event stream that is open */
  #streams = new Set();

  /** @param {import("./web/options.js").AdapterOptions & { base?: string }} options */
  constructor({ base = "/exeunt", ...options }) {
    const { verifier, gate, cookies, origins, routes } = site(options);
    this.verifier = verifier;
    this.#base = base;
    this.#gate = gate;
    this.#cookies = cookies;
    this.#origins = origins;
    this.#routes = routes;
  }

  /**
   * Lets a request through whose browser is signed in, and renews its tokens when they have expired. It is what a
   * middleware (`proxy.js` from Next 16 on) is made of.
   *
   * Everybody else gets a 401, or is led to `signIn` where a whole page was asked for; with `allowsStrangers` they get
   * through as well. While nobody can know it is a 503. Changes that come from another site's page are a 403.
   * @param {Request} request
   * @param {{ next: Through, signIn?: string, allowsStrangers?: boolean }} options
   * @returns {Promise<Response>}
   */
  async protect(request, { next, signIn, allowsStrangers = false }) {
    const call = callOf(request);
    if (!this.#origins.allows(call)) return response(foreign());
    const admission = await this.#gate.admit(call);
    const isWelcome = admission.identity !== undefined || (allowsStrangers && admission.refusal !== "stale");
    if (!isWelcome) return response(this.#turnedAway(request, admission, signIn), admission.setCookies);
    const headers = new Headers(request.headers);
    if (admission.setCookies.length > 0) {
      headers.set("cookie", cookieHeader(headers.get("cookie") ?? "", admission.setCookies));
    }
    const answer = unstored(await next({ request: { headers } }));
    putCookies(answer.headers, admission.setCookies);
    return answer;
  }

  /**
   * A page that is left open and asks for another by its router must not be led to a sign-in beside what it still
   * shows: Next makes a whole new page of an answer that is no success.
   * @param {Request} request
   * @param {Admission} admission
   * @param {string | undefined} signIn
   */
  #turnedAway(request, admission, signIn) {
    const call = callOf(request);
    const isPage = isNavigation(call) && !isPrefetch(call) && bearerToken(call) === undefined;
    if (signIn === undefined || !isPage || admission.refusal === "stale") return refusal(admission);
    const { pathname, search } = new URL(request.url);
    const place = ownPlace(pathname + search, "/");
    return seeOther(`${signIn}?return_to=${encodeURIComponent(place)}`);
  }

  /**
   * Who is signed in, for a page or a handler to know; undefined for a stranger. It changes no token: that is for
   * `protect`, before.
   * @param {Request | CookieStore} source a request, or `await cookies()` of Next
   * @returns {Promise<Readonly<Identity> | undefined>}
   * @throws {VerificationError} `stale`, when nobody can know now
   */
  async getSession(source) {
    const call = source instanceof Request ? callOf(source) : callOfCookies(source);
    const { accessToken } = this.#gate.tokens(call);
    if (accessToken === undefined) return undefined;
    const identity = await this.#identity(accessToken);
    const wish = bearerToken(call) === undefined ? this.#cookies.wish(call.header("cookie")) : undefined;
    // Who signed out while offline is not signed in, though nobody has been told yet.
    const isLeaving = typeof wish === "object" && wish.sessionId === identity?.sessionId && wish.scope !== "others";
    return isLeaving ? undefined : identity;
  }

  /** @param {string} token */
  async #identity(token) {
    try {
      return this.verifier.check(token) ?? (await this.verifier.verify(token));
    } catch (error) {
      if (error instanceof VerificationError && error.code !== "stale") return undefined;
      throw error;
    }
  }

  /**
   * Opens a session for somebody whom the application has authenticated; the answer to the request takes the headers.
   * @param {Request} request
   * @param {{ subject: string, device?: Device, upstream?: Upstream }} who
   * @returns {Promise<{ sessionId: string, headers: Headers }>}
   * @throws {import("./authority/authority-error.js").AuthorityError}
   */
  async signIn(request, { subject, device, upstream }) {
    const seen = { userAgent: request.headers.get("user-agent") ?? undefined };
    const { authority } = this.verifier;
    // A session that the browser still has is replaced, and not left to whoever has copied it.
    await endSession(authority, this.#gate.tokens(callOf(request)), "current");
    const { sessionId, tokens } = await authority.openSession(subject, {
      device: { ...seen, ...device },
      upstream,
    });
    const headers = new Headers({ "Cache-Control": "no-store" });
    putCookies(headers, this.#cookies.set(tokens));
    return { sessionId, headers };
  }

  /**
   * Ends the session of this browser; the answer to the request takes the headers, which forget it there. If it throws,
   * say that the person is still signed in.
   * @param {Request} request
   * @param {{ scope?: SignOutScope }} options
   * @throws {import("./authority/authority-error.js").AuthorityError}
   */
  async signOut(request, { scope = "current" } = {}) {
    const call = callOf(request);
    const receipt = await endSession(this.verifier.authority, this.#gate.tokens(call), scope);
    const headers = new Headers({ "Cache-Control": "no-store" });
    if (scope !== "others") {
      const forgotten = this.#routes.forgotten(call);
      for (const [name, value] of Object.entries(forgotten.headers)) headers.set(name, value);
      putCookies(headers, forgotten.setCookies);
    }
    return { receipt, headers };
  }

  /**
   * Tells what happened to the account of who is signed in here, and lets the authority's policy end what it names;
   * this very session goes on where the policy keeps one.
   * @param {Request | CookieStore} source
   * @param {EventType} type
   * @throws {import("./authority/authority-error.js").AuthorityError}
   */
  async report(source, type) {
    const identity = await this.getSession(source);
    if (!identity) throw new TypeError("nobody is signed in: report() goes behind protect()");
    return this.verifier.authority.reportEvent(identity.subject, type, { keepSession: identity.sessionId });
  }

  /** Stops for good: the event streams end, and the lease is given back, so that no sign-out waits for this process. */
  async close() {
    for (const close of this.#streams) close();
    await this.verifier.close();
  }

  // Routes

  /** @param {Request} request */
  async #route(request) {
    const { pathname } = new URL(request.url);
    // Next may have a base path of its own in front of ours.
    const start = pathname.indexOf(`${this.#base}/`);
    const base = pathname.slice(0, start + this.#base.length);
    const call = callOf(request);
    /** @type {Promise<Admission> | undefined} */
    let admission;
    const admit = () => (admission ??= this.#gate.admit(call));
    const tokens = async () => (await admission)?.tokens ?? this.#gate.tokens(call);
    const path = start < 0 ? pathname : pathname.slice(base.length);
    const answer = await this.#routes.answer({ ...call, base, path, admit, tokens });
    const setCookies = (await admission)?.setCookies;
    if (answer?.watched) return this.#stream(request, { ...answer, watched: answer.watched }, setCookies);
    return response(answer ?? text(404, "There is nothing at this path."), setCookies);
  }

  /**
   * @param {Request} request
   * @param {Answer & { watched: Readonly<Identity> }} answer
   * @param {string[] | undefined} setCookies
   */
  #stream(request, answer, setCookies) {
    /** @type {ReturnType<typeof eventStream>} */
    let stream;
    try {
      stream = eventStream(this.verifier, answer.watched);
    } catch (error) {
      if (!(error instanceof TooManyWatchersError)) throw error;
      return response(unavailable(retryAfterSeconds, "Too many are watching."), setCookies);
    }
    let isRead = true;
    const leave = () => {
      this.#streams.delete(stream.close);
      stream.close();
    };
    this.#streams.add(stream.close);
    request.signal.addEventListener("abort", leave);
    const encoder = new TextEncoder();
    /** @type {UnderlyingSource<Uint8Array>} */
    const source = {
      start: (controller) =>
        stream.open({
          write: (text) => {
            // A browser that reads nothing is cut off before it costs more.
            if ((controller.desiredSize ?? 0) <= 0) leave();
            else controller.enqueue(encoder.encode(text));
          },
          end: () => {
            this.#streams.delete(stream.close);
            if (isRead) controller.close();
          },
        }),
      cancel: () => {
        isRead = false;
        leave();
      },
    };
    const body = new ReadableStream(source, { highWaterMark: streamBytes, size: (chunk) => chunk?.length ?? 0 });
    return response(answer, setCookies, body);
  }
}

/**
 * @param {Answer} answer
 * @param {string[]} before cookies that were set before it
 * @param {ReadableStream} [stream]
 */
function response({ status, headers, body, setCookies = [] }, before = [], stream) {
  const answer = new Response(stream ?? body ?? null, { status, headers });
  putCookies(answer.headers, merged(before, setCookies));
  return answer;
}

/**
 * The same answer, which no cache keeps. (Some have headers that cannot be changed, such as those of `fetch`.)
 * @param {Response} answer
 */
function unstored(answer) {
  try {
    answer.headers.set("Cache-Control", "no-store");
    return answer;
  } catch {
    const copy = new Response(answer.body, answer);
    copy.headers.set("Cache-Control", "no-store");
    return copy;
  }
}

/**
 * @param {Headers} headers
 * @param {string[]} cookies
 */
function putCookies(headers, cookies) {
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
}
