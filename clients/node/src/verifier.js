import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { AuthorityClient } from "./authority/authority-client.js";
import { FeedClient } from "./authority/feed-client.js";
import { SingleFlight } from "./authority/single-flight.js";
import { readOptions } from "./configuration.js";
import { look } from "./core/look.js";
import { TokenRules } from "./core/token-rules.js";
import { VerifierState } from "./core/verifier-state.js";
import { VerificationError } from "./core/verification-error.js";
import { Follower } from "./follower.js";
import { keyMissMilliseconds } from "./limits.js";

/** @typedef {import("./configuration.js").VerifierOptions} VerifierOptions */
/** @typedef {import("./core/end-watchers.js").SessionEnd} SessionEnd */
/** @typedef {import("./core/verified-token.js").Identity} Identity */

/**
 * Checks the authority's access tokens, in memory, and knows of each sign-out before it is settled.
 *
 * It begins to follow the authority when it is first needed, so a process that makes one and checks nothing (the
 * primary of a cluster) costs nothing. Close it after whatever serves requests.
 */
export class Verifier {
  /** The authority, as this server's client. */
  authority;
  #onClose;
  #state;
  #rules;
  #follower;
  #feed;
  /** @type {SingleFlight<boolean>} */
  #keyFetches = new SingleFlight();
  #lastKeyMiss = -Infinity;
  /** @type {Promise<void> | undefined} */
  #closed;

  /**
   * @param {VerifierOptions} options
   * @param {() => void} [onClose] hears when it is closed
   * @throws {import("./authority/authority-error.js").AuthorityError} when a value is not what it should be
   */
  constructor(options, onClose = () => {}) {
    const settings = readOptions(options);
    this.authority = new AuthorityClient(settings);
    this.#onClose = onClose;
    this.#feed = new FeedClient(settings);
    this.#rules = new TokenRules(settings.issuer, settings.audience, settings.clockSkewMilliseconds);
    this.#state = new VerifierState(randomBytes(16).toString("base64url"), settings.cacheCapacity);
    this.#follower = new Follower(this.#state, this.#feed, settings, reading);
  }

  // Checking

  /**
   * Who shows this access token, if it is accepted now and was seen before: no waiting, no network. Undefined when its
   * signature has yet to be checked, which is for `verify`.
   * @param {string} token
   * @returns {Readonly<Identity> | undefined}
   * @throws {VerificationError}
   */
  check(token) {
    try {
      return this.#state.check(token, reading());
    } catch (error) {
      throw this.#counted(error);
    }
  }

  /**
   * As `check`, but undefined as well where the token is not accepted: to be asked again by whoever wants to know why.
   * @param {string} token
   */
  recognize(token) {
    try {
      return this.#state.check(token, reading());
    } catch {
      return undefined;
    }
  }

  /**
   * Who shows this access token, if it is accepted now.
   *
   * As a rule no network is asked. Only the first one waits for a lease, if the verifier has only just been made; and a
   * token that names a key of which nothing was heard makes it fetch the keys, once a second at the most.
   *
   * Where it throws `stale` nobody can know now: answer `503` with `Retry-After`. Every other error is a `401`.
   * @param {string} token
   * @returns {Promise<Readonly<Identity>>}
   * @throws {VerificationError}
   */
  async verify(token) {
    try {
      await this.#follower.untilKnown();
      return await this.#look(token).catch((error) => this.#lookWithNewKeys(token, error));
    } catch (error) {
      throw this.#counted(error);
    }
  }

  /**
   * The session that a genuine access token is of, whether it has expired or been ended or not; undefined for what is
   * no such token, or not known to be one.
   * @param {string} token
   */
  async sessionOf(token) {
    await this.#follower.untilKnown();
    const { cache, keys } = this.#state;
    const genuine = cache.find(token) ?? (await this.#rules.read(token, keys).catch(() => undefined));
    return genuine?.identity.sessionId;
  }

  /** @param {unknown} error */
  #counted(error) {
    if (error instanceof VerificationError) this.#state.count(error.code);
    return error;
  }

  /** @param {string} text */
  #look(text) {
    return look(text, this.#state, this.#rules, reading);
  }

  /**
   * Fetches the keys and looks once more, if a token names a key of which nothing was heard.
   *
   * A token of a key that is a moment old may be quicker than the news of it. Anybody can name a key that there is not,
   * though, so the keys are fetched at most once a second for it; in between, nothing is known of such a token.
   * @param {string} token
   * @param {unknown} error why it was not accepted
   */
  async #lookWithNewKeys(token, error) {
    if (!(error instanceof VerificationError) || error.code !== "unknown_key") throw error;
    const others = this.#keyFetches.underWay("keys");
    const hasFetched = await (others ?? this.#keyFetches.run("keys", () => this.#fetchMissedKeys())).catch(() => false);
    return this.#look(token).catch((error) => {
      // Only keys that were fetched after the token had come say that there is no such key.
      const isSure = others === undefined && hasFetched;
      throw error.code === "unknown_key" && !isSure ? new VerificationError("stale") : error;
    });
  }

  async #fetchMissedKeys() {
    const { moment } = reading();
    if (moment - this.#lastKeyMiss < keyMissMilliseconds) return false;
    this.#lastKeyMiss = moment;
    await this.#follower.fetchKeys();
    return true;
  }

  // Following

  /**
   * Resolves once there is a lease, so that a server can wait for it before it takes requests.
   *
   * Rejects with what only somebody can mend who changes a setting: a client that is refused, a scope that is missing,
   * an authority that is too old. While the authority cannot be reached it goes on waiting, and says so in the log.
   * @returns {Promise<void>}
   */
  untilLive() {
    return this.#follower.untilLive();
  }

  /**
   * Tells when the session of an identity has ended, once and as soon as it is known here, so that what it opened can
   * be closed. Gives a function that takes the wish back.
   *
   * It also tells when nothing can be promised any more, which may be so at once. Be quick in `tell`. Ask before you
   * begin an answer: it throws `TooManyWatchersError` when too many wait, which is a `503`.
   * @param {Identity} identity
   * @param {(end: SessionEnd) => void} tell
   * @returns {() => void}
   */
  onEnd(identity, tell) {
    return this.#state.watch(identity, tell, reading());
  }

  /** How it is doing. */
  status() {
    const now = reading();
    const { follower, cache, watchers, checks, cacheHits } = this.#state;
    const lease = follower.hasLease(now) ? follower.lease : undefined;
    return {
      state: this.#state.phase(now),
      /** The number of the last revocation that is applied. */
      applied: follower.applied,
      /** How long ago the authority was asked for the lease, and how long it still lasts; undefined without one. */
      leaseAgeMilliseconds: lease && now.moment - lease.asked.moment,
      leaseLeftMilliseconds: lease && lease.end - now.moment,
      /** How many revocations are held. */
      revocations: follower.revocations.size,
      cachedTokens: cache.size,
      /** How many streams and sockets wait to hear of the end of their session. */
      watchers: watchers.size,
      /** Tokens that were checked, by what was found; `accepted` is the good word. */
      checks: { ...checks },
      cacheHits,
      pollErrors: this.#follower.pollErrors,
      /** What went wrong last in talking to the authority; undefined once it has gone well again. */
      lastError: this.#follower.lastError?.message,
    };
  }

  /**
   * Stops for good, for all who share it: from here on nothing is accepted, and then the lease is given back, so that
   * no sign-out waits for this process.
   */
  close() {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close() {
    this.#onClose();
    await this.#follower.stop();
    this.#feed.close();
    this.authority.close();
  }
}

/** Both clocks of this process, read together. @returns {import("./core/lease.js").ClockReading} */
function reading() {
  return { moment: Math.floor(performance.now()), wall: Date.now() };
}
