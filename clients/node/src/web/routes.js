import { AuthorityError } from "../authority/authority-error.js";
import { isIdentifier } from "../core/base64url.js";
import { retryAfterSeconds } from "../limits.js";
import { foreign, json, noContent, ownPlace, refusal, seeOther, text, unavailable } from "./answers.js";
import { BodyError } from "./body.js";
import { isPrefetch, wantsJSON } from "./call.js";
import { isSignOutScope } from "./cookies.js";
import { endSession, receiptBody } from "./ending.js";

/** @typedef {import("../authority/authority-client.js").Receipt} Receipt */
/** @typedef {import("../authority/authority-client.js").SignOutScope} SignOutScope */
/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./cookies.js").ShownTokens} ShownTokens */
/** @typedef {import("./gate.js").Admission} Admission */
/**
 * A request to one of our routes: its path below where they are mounted, who makes it, and the tokens it has now, which
 * are looked at without being judged or renewed.
 * @typedef {Call & { base: string, path: string, admit: () => Promise<Admission>, tokens: () => Promise<ShownTokens> }}
 *   RouteCall
 */
/** @typedef {(call: RouteCall, id: string) => Answer | Promise<Answer>} Handler */

/** The routes that the browser's half talks to. */
export class Routes {
  #authority;
  #cookies;
  #origins;
  #afterSignOut;
  #log;
  /** @type {[RegExp, Record<string, Handler>][]} */
  #table = [
    [/^\/session$/, { GET: (call) => this.#session(call) }],
    [/^\/events$/, { GET: (call) => this.#events(call) }],
    [/^\/refresh$/, { POST: (call) => this.#refresh(call) }],
    [/^\/logout$/, { POST: (call) => this.#logout(call) }],
    [/^\/devices$/, { GET: (call) => this.#devices(call) }],
    [/^\/devices\/([^/]+)\/end$/, { POST: (call, id) => this.#endDevice(call, id) }],
  ];

  /**
   * @param {object} parts
   * @param {import("../authority/authority-client.js").AuthorityClient} parts.authority
   * @param {import("./cookies.js").BrowserCookies} parts.cookies
   * @param {import("./origins.js").Origins} parts.origins
   * @param {string} parts.afterSignOut where a form that signs out leads to, unless it says
   * @param {import("../configuration.js").Log} parts.log
   */
  constructor({ authority, cookies, origins, afterSignOut, log }) {
    this.#authority = authority;
    this.#cookies = cookies;
    this.#origins = origins;
    this.#afterSignOut = afterSignOut;
    this.#log = log;
  }

  /**
   * What is to be answered; undefined where there is no such route.
   * @param {RouteCall} call
   * @returns {Promise<Answer | undefined>}
   */
  async answer(call) {
    for (const [pattern, methods] of this.#table) {
      const match = pattern.exec(call.path);
      if (!match) continue;
      const handler = methods[call.method === "HEAD" ? "GET" : call.method];
      if (!handler) return notAllowed(Object.keys(methods));
      if (!this.#origins.allows(call)) return foreign();
      return this.#handle(handler, call, match[1] ?? "");
    }
    return undefined;
  }

  /**
   * @param {Handler} handler
   * @param {RouteCall} call
   * @param {string} id
   */
  async #handle(handler, call, id) {
    try {
      return await handler(call, id);
    } catch (error) {
      if (error instanceof BodyError) return text(error.status, error.message);
      if (!(error instanceof AuthorityError)) throw error;
      this.#log.error(`cannot answer ${call.path}: ${error.message}`);
      const isChange = call.method === "POST";
      return unavailable(
        error.retryAfterSeconds ?? retryAfterSeconds,
        isChange ? "You are still signed in: it could not be made sure that anything has ended." : undefined,
      );
    }
  }

  /** @param {RouteCall} call */
  async #session(call) {
    const admission = await call.admit();
    if (admission.refusal === "stale") return refusal(admission);
    const { identity } = admission;
    if (!identity) return json(200, { signed_in: false });
    return json(200, { signed_in: true, session_id: identity.sessionId, subject: identity.subject });
  }

  /** @param {RouteCall} call */
  async #events(call) {
    const admission = await call.admit();
    if (!admission.identity) return refusal(admission);
    // No proxy on the way may hold an event back (`X-Accel-Buffering` is nginx's word for it).
    const headers = { "Cache-Control": "no-store", "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" };
    return { status: 200, headers, watched: call.method === "HEAD" ? undefined : admission.identity };
  }

  /** @param {RouteCall} call */
  async #refresh(call) {
    const admission = await call.admit();
    return admission.identity ? noContent() : refusal(admission);
  }

  /**
   * Ends what is asked for first, and forgets the cookies once that is done.
   * @param {RouteCall} call
   */
  async #logout(call) {
    if (isPrefetch(call)) return unavailable(retryAfterSeconds);
    const { scope = "current", return_to } = await call.fields();
    if (!isSignOutScope(scope)) return text(400, "`scope` is `current`, `others` or `everywhere`.");
    const receipt = await endSession(this.#authority, await call.tokens(), scope);
    return this.signedOut(call, scope, receipt, ownPlace(return_to, this.#afterSignOut));
  }

  /**
   * @param {RouteCall} call
   * @param {SignOutScope} scope
   * @param {Receipt} receipt
   * @param {string} place
   * @returns {Answer}
   */
  signedOut(call, scope, receipt, place) {
    const answer = wantsJSON(call) ? json(200, { ...receiptBody(receipt), return_to: place }) : seeOther(place);
    return scope === "others" ? answer : { ...answer, ...this.forgotten(call, answer.headers) };
  }

  /**
   * What takes a browser's copy of a session that has been ended.
   * @param {Call} call
   * @param {Record<string, string>} [headers]
   */
  forgotten(call, headers = {}) {
    const wish = this.#cookies.wish(call.header("cookie")) === undefined ? [] : this.#cookies.deleteWish();
    return {
      // Browsers heed it over TLS alone.
      headers: this.#origins.isSecure ? { ...headers, "Clear-Site-Data": '"storage"' } : headers,
      setCookies: [...this.#cookies.delete(), ...wish],
      isSignedOut: true,
    };
  }

  /** @param {RouteCall} call */
  async #devices(call) {
    const admission = await call.admit();
    const { identity } = admission;
    if (!identity) return refusal(admission);
    const sessions = await this.#authority.listSessions(identity.subject);
    return json(200, {
      sessions: sessions.map(({ id, device, createdAt, lastActiveAt, expiresAt }) => ({
        id,
        device: { user_agent: device.userAgent, address: device.address, label: device.label },
        created_at: createdAt,
        last_active_at: lastActiveAt,
        expires_at: expiresAt,
        current: id === identity.sessionId,
      })),
    });
  }

  /**
   * Ends one of one's own sessions; whose subject another one is, the authority knows.
   * @param {RouteCall} call
   * @param {string} id
   */
  async #endDevice(call, id) {
    if (isPrefetch(call)) return unavailable(retryAfterSeconds);
    const admission = await call.admit();
    const { identity } = admission;
    if (!identity) return refusal(admission);
    const { return_to } = await call.fields();
    if (id === identity.sessionId) {
      const receipt = await endSession(this.#authority, await call.tokens(), "current");
      return this.signedOut(call, "current", receipt, ownPlace(return_to, this.#afterSignOut));
    }
    const receipt = isIdentifier(id) ? await this.#end(identity.subject, id) : undefined;
    if (!receipt) return text(404, "There is no such session.");
    return this.signedOut(call, "others", receipt, ownPlace(return_to, `${call.base}/devices`));
  }

  /**
   * @param {string} subject
   * @param {string} id
   */
  async #end(subject, id) {
    try {
      return await this.#authority.endSession(subject, id);
    } catch (error) {
      if (error instanceof AuthorityError && error.code === "not_found") return undefined;
      throw error;
    }
  }
}

/**
 * @param {string[]} methods
 * @returns {Answer}
 */
function notAllowed(methods) {
  const all = methods.includes("GET") ? [...methods, "HEAD"] : methods;
  return text(405, "This path does not take that method.", { Allow: all.join(", ") });
}
