import { AuthorityError } from "../authority/authority-error.js";
import { VerificationError } from "../core/verification-error.js";
import { retryAfterSeconds } from "../limits.js";
import { bearerToken, isPrefetch } from "./call.js";
import { endSession } from "./ending.js";

/** @typedef {import("../core/verified-token.js").Identity} Identity */
/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./cookies.js").ShownTokens} ShownTokens */
/** @typedef {import("./cookies.js").Wish} Wish */
/**
 * What is found of a request.
 * @typedef {object} Admission
 * @property {Readonly<Identity>} [identity] who makes it
 * @property {"no_token" | "invalid_token" | "stale"} [refusal] or why there is nobody: nothing was shown, nothing that
 *   is accepted was, or nobody can know now
 * @property {number} [retryAfterSeconds] when to come back, where nobody can know
 * @property {string[]} setCookies what happens to the browser's cookies
 * @property {ShownTokens} tokens the tokens that it has now
 */

/**
 * Where a new access token is likely to be accepted in the place of a refused one.
 *
 * A slow clock, or another issuer or audience than the authority's, refuses the next one just as well: the refresh
 * token would be exchanged with every request, for ever.
 */
const mendedByRefresh = ["malformed", "unknown_key", "bad_signature", "expired", "ended"];

/** Says who makes a request, by its bearer token or by its cookies, and renews those. */
export class Gate {
  #verifier;
  #cookies;
  #log;

  /**
   * @param {import("../verifier.js").Verifier} verifier
   * @param {import("./cookies.js").BrowserCookies} cookies
   * @param {import("../configuration.js").Log} log
   */
  constructor(verifier, cookies, log) {
    this.#verifier = verifier;
    this.#cookies = cookies;
    this.#log = log;
  }

  /**
   * Who makes a request, where nothing has to be waited for: a browser with a good token that was seen before, which is
   * the usual case by far. Undefined in every other case, which is for `admit`.
   * @param {Call} call
   * @returns {(Admission & { identity: Readonly<Identity> }) | undefined}
   */
  admitAtOnce(call) {
    const header = call.header("cookie");
    if (header === undefined || call.header("authorization") !== undefined) return undefined;
    if (this.#cookies.wish(header) !== undefined) return undefined;
    const tokens = this.#cookies.tokens(header);
    const identity = tokens.accessToken === undefined ? undefined : this.#verifier.recognize(tokens.accessToken);
    return identity && { identity, tokens, setCookies: [] };
  }

  /**
   * @param {Call} call
   * @returns {Promise<Admission>}
   */
  async admit(call) {
    const tokens = this.tokens(call);
    // Whoever brings a bearer token is judged by it alone, and not by cookies.
    const bearer = bearerToken(call);
    if (bearer !== undefined) return { ...(await this.#judge(bearer)), tokens, setCookies: [] };
    const wish = this.#cookies.wish(call.header("cookie"));
    return wish === undefined ? this.#admit(call, tokens) : this.#fulfil(call, tokens, wish);
  }

  /**
   * The tokens that a request brings.
   * @param {Call} call
   * @returns {ShownTokens}
   */
  tokens(call) {
    const bearer = bearerToken(call);
    if (bearer !== undefined) return { accessToken: bearer, refreshToken: undefined };
    return this.#cookies.tokens(call.header("cookie"));
  }

  /**
   * @param {Call} call
   * @param {ShownTokens} tokens
   * @returns {Promise<Admission>}
   */
  async #admit(call, tokens) {
    const { accessToken, refreshToken } = tokens;
    if (accessToken !== undefined) {
      const { code, ...finding } = await this.#judge(accessToken);
      if (code === undefined || !mendedByRefresh.includes(code)) return { ...finding, tokens, setCookies: [] };
    }
    if (refreshToken !== undefined) return this.#renew(call, refreshToken);
    if (accessToken === undefined) return { refusal: "no_token", tokens, setCookies: [] };
    return this.#over();
  }

  /** @param {string} token */
  async #judge(token) {
    try {
      return { identity: this.#verifier.check(token) ?? (await this.#verifier.verify(token)) };
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      const { code, message } = error;
      if (code === "stale") return { code, refusal: /** @type {const} */ ("stale"), retryAfterSeconds };
      if (!mendedByRefresh.includes(code)) this.#log.warn(`a token is refused: ${message}`);
      return { code, refusal: /** @type {const} */ ("invalid_token") };
    }
  }

  /**
   * Exchanges the refresh token, once for all requests that bring it at the same time.
   * @param {Call} call
   * @param {string} refreshToken
   * @returns {Promise<Admission>}
   */
  async #renew(call, refreshToken) {
    if (isPrefetch(call)) return this.#unknown({ accessToken: undefined, refreshToken });
    try {
      const tokens = await this.#verifier.authority.refresh(refreshToken);
      const { code, ...finding } = await this.#judge(tokens.accessToken);
      // It may just have been ended; anything else is wrong with us and not with the browser.
      if (code && code !== "ended" && code !== "stale") this.#log.error(`the new access token is refused: ${code}`);
      const { accessToken, refreshToken: next } = tokens;
      return { ...finding, tokens: { accessToken, refreshToken: next }, setCookies: this.#cookies.set(tokens) };
    } catch (error) {
      if (!(error instanceof AuthorityError)) throw error;
      if (error.code === "credential_over") return this.#over();
      if (error.code !== "unavailable") this.#log.error(`cannot refresh a browser's tokens: ${error.message}`);
      return this.#unknown({ accessToken: undefined, refreshToken }, error.retryAfterSeconds);
    }
  }

  /**
   * Does what a browser wished for that signed out while it could reach nobody, before anything is served to it.
   * @param {Call} call
   * @param {ShownTokens} shown
   * @param {Wish | "malformed"} wish
   * @returns {Promise<Admission>}
   */
  async #fulfil(call, shown, wish) {
    /** @type {(admission: Admission) => Admission} */
    const forgetting = (admission) => ({
      ...admission,
      setCookies: [...admission.setCookies, ...this.#cookies.deleteWish()],
    });
    if (wish === "malformed") return forgetting(await this.#admit(call, shown));
    let sessionId = shown.accessToken && (await this.#verifier.sessionOf(shown.accessToken));
    let [tokens, setCookies] = [shown, /** @type {string[]} */ ([])];
    if (sessionId === undefined && shown.refreshToken !== undefined) {
      // Whose they are, only the next access token says.
      const renewed = await this.#renew(call, shown.refreshToken);
      if (renewed.refusal === "invalid_token") return forgetting(renewed);
      if (renewed.tokens.accessToken === undefined) return renewed;
      ({ tokens, setCookies } = renewed);
      sessionId = await this.#verifier.sessionOf(renewed.tokens.accessToken);
      if (sessionId === undefined) return { ...this.#unknown(tokens), setCookies };
    }
    if (sessionId !== wish.sessionId) return forgetting(withCookies(await this.#admit(call, tokens), setCookies));
    if (isPrefetch(call)) return { ...this.#unknown(tokens), setCookies };
    try {
      await endSession(this.#verifier.authority, tokens, wish.scope);
    } catch (error) {
      if (!(error instanceof AuthorityError)) throw error;
      this.#log.error(`cannot sign out whoever wished it while offline: ${error.message}`);
      return { ...this.#unknown(tokens, error.retryAfterSeconds), setCookies };
    }
    if (wish.scope === "others") return forgetting(withCookies(await this.#admit(call, tokens), setCookies));
    return forgetting(this.#over());
  }

  /** @returns {Admission} */
  #over() {
    const tokens = { accessToken: undefined, refreshToken: undefined };
    return { refusal: "invalid_token", tokens, setCookies: this.#cookies.delete() };
  }

  /**
   * @param {ShownTokens} tokens
   * @param {number} [seconds]
   * @returns {Admission}
   */
  #unknown(tokens, seconds = retryAfterSeconds) {
    return { refusal: "stale", retryAfterSeconds: Math.max(seconds, 1), tokens, setCookies: [] };
  }
}

/**
 * @param {Admission} admission
 * @param {string[]} setCookies cookies that were set before
 * @returns {Admission}
 */
function withCookies(admission, setCookies) {
  return admission.setCookies.length === 0 ? { ...admission, setCookies } : admission;
}
