import { expect, notUnderstood } from "./answer.js";
import { AuthorityError } from "./authority-error.js";
import { Connections } from "./connections.js";
import { readFeedAnswer } from "../core/feed-answer.js";
import { KeysFault, PublicKeys } from "../core/public-keys.js";
import { answerBytes, farewellMilliseconds, feedAnswerBytes, questionMilliseconds } from "../limits.js";

/** @typedef {import("../core/feed-answer.js").FeedAnswer} FeedAnswer */
/** @typedef {import("./connections.js").Terms} Terms */

/**
 * What a verifier asks for itself, on connections of its own: its lease hangs on them, and sign-outs that wait must not
 * keep a poll waiting.
 */
export class FeedClient {
  #clientId;
  #headers;
  #connections;

  /** @param {{ base: string, clientId: string, authorization: string }} settings */
  constructor({ base, clientId, authorization }) {
    this.#clientId = clientId;
    this.#headers = { Authorization: authorization, Accept: "application/json", "Cache-Control": "no-cache" };
    this.#connections = new Connections(base);
  }

  /**
   * Asks for what the log has after what is applied, which is acknowledged by asking; the answer may be held for a
   * while. Also gives what the authority's clock says, in milliseconds since 1970.
   * @param {{ follower: string, node: string | undefined, after: number }} poll
   * @param {{ leaseMilliseconds?: number, waitMilliseconds: number, patienceMilliseconds: number, signal: AbortSignal
   *   }} terms
   * @returns {Promise<{ answer: FeedAnswer, date: number | undefined }>}
   */
  async poll({ follower, node, after }, { leaseMilliseconds, waitMilliseconds, patienceMilliseconds, signal }) {
    const query = new URLSearchParams({ verifier: follower, after: `${after}`, wait: `${waitMilliseconds}` });
    if (node !== undefined) query.set("node", node);
    if (leaseMilliseconds !== undefined) query.set("lease", `${leaseMilliseconds}`);
    const terms = { patienceMilliseconds, mostBytes: feedAnswerBytes, isIdle: true, signal };
    const raw = await this.#ask("GET", `/v1/feed?${query}`, terms);
    if (raw.status === 404) throw tooOld("it has no feed");
    this.#expect(raw, 200);
    const text = raw.body.toString("utf8");
    const answer = readFeedAnswer(text);
    if (!answer) {
      throw isObjectWithout(text, "node") ? tooOld("its feed names no node") : notUnderstood("the feed's answer");
    }
    const date = Date.parse(raw.headers.date ?? "");
    return { answer, date: Number.isNaN(date) ? undefined : date };
  }

  /**
   * Gives the lease back that is not used any more.
   * @param {string} follower
   */
  async handBack(follower) {
    const terms = { patienceMilliseconds: farewellMilliseconds, mostBytes: answerBytes };
    this.#expect(await this.#ask("DELETE", `/v1/feed/${follower}`, terms), 204);
  }

  /**
   * The authority's public keys as they are now: `nonce` makes an address that no cache on the way has seen.
   * @param {string} nonce
   * @param {{ isIdle?: boolean, signal?: AbortSignal }} options
   */
  async keys(nonce, options) {
    const terms = { patienceMilliseconds: questionMilliseconds, mostBytes: answerBytes, ...options };
    const raw = await this.#ask("GET", `/.well-known/jwks.json?fresh=${nonce}`, terms);
    this.#expect(raw, 200);
    try {
      return await PublicKeys.read(raw.body);
    } catch (error) {
      throw error instanceof KeysFault ? notUnderstood(`the key set (${error.message})`) : error;
    }
  }

  /** Closes the connections that nobody uses. */
  close() {
    this.#connections.close();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Terms} terms
   */
  #ask(method, path, terms) {
    return this.#connections.ask({ method, path, headers: this.#headers }, terms);
  }

  /**
   * @param {import("./connections.js").RawAnswer} answer
   * @param {number} expected
   */
  #expect(answer, expected) {
    expect(answer, { scope: "feed", clientId: this.#clientId }, expected);
  }
}

/** @param {string} why */
function tooOld(why) {
  return new AuthorityError(
    "authority_too_old",
    `this authority is too old to be followed, or \`endpoint\` is not its address: ${why}; run Exeunt 0.1 or newer`,
  );
}

/**
 * @param {string} text
 * @param {string} name
 */
function isObjectWithout(text, name) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !(name in value);
  } catch {
    return false;
  }
}
