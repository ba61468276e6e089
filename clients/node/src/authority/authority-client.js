import { Buffer } from "node:buffer";
import { expect, json, notUnderstood } from "./answer.js";
import { AuthorityError } from "./authority-error.js";
import { Connections } from "./connections.js";
import { formEncoded } from "./form.js";
import { isRefreshTokenForm, SessionTokens } from "./session-tokens.js";
import { SingleFlight } from "./single-flight.js";
import { isIdentifier } from "../core/base64url.js";
import {
  answerBytes,
  questionMilliseconds,
  refreshes,
  retryAfterSeconds,
  sessionPages,
  signOutWaitSeconds,
} from "../limits.js";

/** How far a sign-out goes: this session, all others of the same subject, or all of them.
 * @typedef {"current" | "others" | "everywhere"} SignOutScope */
/** What happened to an account; a policy of the authority says what ends.
 * @typedef {"password_changed" | "password_reset" | "email_changed" | "factor_changed" | "security_concern" |
 *   "account_disabled" | "account_deleted"} EventType */
/** What the person will see in the list of devices.
 * @typedef {{ userAgent?: string, address?: string, label?: string }} Device */
/** The provider that vouched for the person, by the claims of its ID token: when it ends its session `sid`, or everything of
 * its subject `sub`, this session ends, too.
 * @typedef {{ issuer: string, sid?: string, sub?: string }} Upstream */
/**
 * A session in the list of devices; times are RFC 3339.
 * @typedef {{ id: string, device: Device, createdAt: string, lastActiveAt: string, expiresAt: string }} ListedSession
 */
/**
 * What a sign-out has done. `isSettled`: no server anywhere accepts anything of it any more; if not, a server that is
 * cut off may, until `settlesBy` at the latest.
 * @typedef {object} Receipt
 * @property {number} endedSessions
 * @property {boolean} isSettled
 * @property {number | null} settledAfterMilliseconds
 * @property {string | null} settlesBy
 */

/** The authority as an application's server calls it, with its client's id and secret, which no dump shows. */
export class AuthorityClient {
  #clientId;
  #authorization;
  #connections;
  /** @type {SingleFlight<SessionTokens>} the refreshes that are under way */
  #refreshes = new SingleFlight();

  /** @param {{ base: string, clientId: string, authorization: string }} settings */
  constructor({ base, clientId, authorization }) {
    this.#clientId = clientId;
    this.#authorization = authorization;
    this.#connections = new Connections(base);
  }

  /**
   * Opens a session for somebody whom the application has authenticated; needs the scope `sessions`.
   *
   * Throws `refused` with the status 409 when the provider has ended the session that it vouched by: sign in there again.
   * @param {string} subject
   * @param {{ device?: Device, upstream?: Upstream }} options
   * @returns {Promise<{ sessionId: string, tokens: SessionTokens }>}
   */
  async openSession(subject, { device = {}, upstream } = {}) {
    const { userAgent, address, label } = device;
    const seen = { user_agent: userAgent, address, label };
    const answer = await this.#post("/v1/sessions", { subject, device: seen, upstream });
    this.#expect(answer, "sessions", 201);
    const body = json(answer);
    if (!isIdentifier(body.session_id)) throw notUnderstood();
    return { sessionId: body.session_id, tokens: sessionTokens(body) };
  }

  /**
   * Exchanges a refresh token for a new pair (RFC 6749 §6), once for all in this process who bring it at the same time.
   *
   * Throws `credential_over` when the session is over, and at once for what does not look like a refresh token. A token
   * that has just been exchanged gets the same successor again for as long as the authority's `refresh.grace_seconds`
   * say; where several processes serve the same browser they must not be 0.
   * @param {string} refreshToken
   * @returns {Promise<SessionTokens>}
   */
  async refresh(refreshToken) {
    if (!isRefreshTokenForm(refreshToken)) {
      throw new AuthorityError("credential_over", "this is not a refresh token: sign in again");
    }
    if (this.#refreshes.size >= refreshes && !this.#refreshes.underWay(refreshToken)) {
      throw new AuthorityError("unavailable", `${refreshes} refreshes are under way; try again in a moment`, {
        retryAfterSeconds,
      });
    }
    return this.#refreshes.run(refreshToken, async () => {
      const answer = await this.#postForm("/token", { grant_type: "refresh_token", refresh_token: refreshToken });
      this.#expect(answer, undefined, 200);
      return sessionTokens(json(answer));
    });
  }

  /**
   * Ends the session that a token belongs to, whichever of its tokens that is; needs the scope `sessions`.
   *
   * It waits until that is settled, but no longer than so many whole seconds. A token that is over already is no error.
   * If it throws, the session is to be taken as still live.
   * @param {string} token
   * @param {{ scope?: SignOutScope, waitSeconds?: number }} options
   */
  async signOut(token, { scope = "current", waitSeconds = signOutWaitSeconds } = {}) {
    return this.#end("POST", "/v1/logout", waitSeconds, { token, scope });
  }

  /**
   * The live sessions of a subject, the most recently opened first; needs the scope `sessions`.
   * @param {string} subject
   * @returns {Promise<ListedSession[]>}
   */
  async listSessions(subject) {
    /** @type {ListedSession[]} */
    const sessions = [];
    let after = "";
    for (let page = 0; page < sessionPages; page += 1) {
      const answer = await this.#ask("GET", subjectPath(subject, "sessions") + after);
      this.#expect(answer, "sessions", 200);
      const body = json(answer);
      if (!Array.isArray(body.sessions)) throw notUnderstood();
      sessions.push(...body.sessions.map(listedSession));
      if (!body.next) return sessions;
      after = `?after=${formEncoded(String(body.next))}`;
    }
    throw new AuthorityError("refused", `the list of sessions has more than ${sessionPages} pages`);
  }

  /**
   * Ends one session of a subject; needs the scope `sessions`. Throws `not_found` when the subject has no such session.
   * @param {string} subject
   * @param {string} sessionId
   * @param {{ waitSeconds?: number }} options
   */
  async endSession(subject, sessionId, { waitSeconds = signOutWaitSeconds } = {}) {
    return this.#end("DELETE", subjectPath(subject, "sessions", sessionId), waitSeconds);
  }

  /**
   * Ends all sessions of a subject, or all but one; needs the scope `sessions`.
   * @param {string} subject
   * @param {{ except?: string, waitSeconds?: number }} options
   */
  async endSessions(subject, { except, waitSeconds = signOutWaitSeconds } = {}) {
    const query = except === undefined ? "" : `?except=${formEncoded(except)}`;
    return this.#end("DELETE", subjectPath(subject, "sessions") + query, waitSeconds);
  }

  /**
   * Tells what happened to an account, and lets the authority's policy end what it names; needs the scope `sessions`.
   * `keepSession` is the session that made the change; it is kept where the policy keeps one.
   * @param {string} subject
   * @param {EventType} type
   * @param {{ keepSession?: string, waitSeconds?: number }} options
   */
  async reportEvent(subject, type, { keepSession, waitSeconds = signOutWaitSeconds } = {}) {
    return this.#end("POST", subjectPath(subject, "events"), waitSeconds, { type, keep_session: keepSession });
  }

  /**
   * What the authority says of a credential (RFC 7662); undefined when it is not active. Needs the scope `introspect`.
   * @param {string} token
   * @returns {Promise<Record<string, any> | undefined>}
   */
  async introspect(token) {
    const answer = await this.#postForm("/introspect", { token });
    this.#expect(answer, "introspect", 200);
    const body = json(answer);
    return body.active === true ? body : undefined;
  }

  /** Closes the connections that nobody uses. */
  close() {
    this.#connections.close();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {number} waitSeconds
   * @param {object} [body]
   * @returns {Promise<Receipt>}
   */
  async #end(method, path, waitSeconds, body) {
    const answer = await this.#ask(method, path, {
      json: body,
      headers: { Prefer: `wait=${Math.max(0, Math.floor(waitSeconds))}` },
      patienceMilliseconds: waitSeconds * 1000 + questionMilliseconds,
    });
    this.#expect(answer, "sessions", 200, 202);
    const receipt = json(answer);
    if (!Number.isSafeInteger(receipt.ended_sessions) || typeof receipt.settled !== "boolean") throw notUnderstood();
    return {
      endedSessions: receipt.ended_sessions,
      isSettled: receipt.settled,
      settledAfterMilliseconds: receipt.settled_after_ms ?? null,
      settlesBy: receipt.settles_by ?? null,
    };
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  #post(path, body) {
    return this.#ask("POST", path, { json: body });
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} fields
   */
  #postForm(path, fields) {
    const body = Object.entries(fields).map(([name, value]) => `${formEncoded(name)}=${formEncoded(value)}`);
    return this.#ask("POST", path, {
      body: body.join("&"),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{ json?: object, body?: string, headers?: Record<string, string>, patienceMilliseconds?: number }} options
   */
  #ask(method, path, { json, body, headers = {}, patienceMilliseconds = questionMilliseconds } = {}) {
    const text = json === undefined ? body : JSON.stringify(json);
    /** @type {Record<string, string>} */
    const all = { Authorization: this.#authorization, Accept: "application/json", ...headers };
    if (json !== undefined) all["Content-Type"] = "application/json";
    if (text !== undefined) all["Content-Length"] = String(Buffer.byteLength(text));
    return this.#connections.ask(
      { method, path, headers: all, body: text },
      { patienceMilliseconds, mostBytes: answerBytes },
    );
  }

  /**
   * @param {import("./connections.js").RawAnswer} answer
   * @param {string | undefined} scope
   * @param {number[]} expected
   */
  #expect(answer, scope, ...expected) {
    expect(answer, { scope, clientId: this.#clientId }, ...expected);
  }
}

/**
 * @param {Record<string, any>} body
 * @returns {SessionTokens}
 */
function sessionTokens({ access_token, refresh_token, expires_in }) {
  const areThere = typeof access_token === "string" && typeof refresh_token === "string";
  if (!areThere || typeof expires_in !== "number") throw notUnderstood();
  return new SessionTokens(access_token, refresh_token, expires_in);
}

/**
 * @param {any} session
 * @returns {ListedSession}
 */
function listedSession({ id, device = {}, created_at, last_active_at, expires_at }) {
  const { user_agent: userAgent, address, label } = device;
  return {
    id,
    device: { userAgent, address, label },
    createdAt: created_at,
    lastActiveAt: last_active_at,
    expiresAt: expires_at,
  };
}

/**
 * @param {string} subject
 * @param {string[]} rest
 */
function subjectPath(subject, ...rest) {
  return `/v1/subjects/${[subject, ...rest].map(formEncoded).join("/")}`;
}
