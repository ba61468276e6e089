import { EndWatchers } from "./end-watchers.js";
import { FollowerState } from "./follower-state.js";
import { PublicKeys } from "./public-keys.js";
import { TokenCache } from "./token-cache.js";
import { VerificationError } from "./verification-error.js";
import { tokenOf } from "./verified-token.js";
import { sweptTokens, watchers as mostWatchers } from "../limits.js";

/** @typedef {import("./end-watchers.js").Tell} Tell */
/** @typedef {import("./feed-answer.js").FeedAnswer} FeedAnswer */
/** @typedef {import("./lease.js").ClockReading} ClockReading */
/** @typedef {import("./verification-error.js").VerificationCode} VerificationCode */
/** @typedef {import("./verified-token.js").Identity} Identity */
/** @typedef {import("./verified-token.js").VerifiedToken} VerifiedToken */

/**
 * How a verifier is doing: it has had no lease yet; answers from memory; its lease has ended and it has no new one yet;
 * or it has given its lease back and takes no other.
 * @typedef {"starting" | "live" | "lapsed" | "stopped"} Phase
 */

/** As many streams and sockets as are allowed wait for the end of their session already. */
export class TooManyWatchersError extends Error {
  name = "TooManyWatchersError";
  code = "too_many_watchers";

  constructor() {
    super(`${mostWatchers} streams wait for the end of their session already; answer 503 with Retry-After`);
  }
}

/**
 * All that a verifier knows: the log as far as it is applied, the keys, the tokens that it has seen, and who waits.
 *
 * It does no I/O and is told what time it is; `Verifier` holds it and talks to the world.
 */
export class VerifierState {
  /** @type {Record<string, number>} tokens that were checked, by what was found */
  checks = { accepted: 0 };
  cacheHits = 0;
  keys = new PublicKeys();
  /** @type {string | undefined} */
  keysVersion;
  /** Changes when a key goes, so that a signature that was checked with it does not count. */
  generation = 0;
  watchers = new EndWatchers();
  #fetchesBegun = 0;
  #fetchApplied = 0;
  #hasBeenLive = false;
  #isStopped = false;

  /**
   * @param {string} id a name made up anew for each start of a process
   * @param {number} cacheCapacity
   */
  constructor(id, cacheCapacity) {
    this.follower = new FollowerState(id);
    this.cache = new TokenCache(cacheCapacity);
  }

  // Checking

  /**
   * Who shows a token that was seen before; undefined when its signature has yet to be checked.
   * @param {string} text
   * @param {ClockReading} now
   * @throws {VerificationError}
   */
  check(text, now) {
    const token = this.cache.find(text);
    if (!token) return undefined;
    this.cacheHits += 1;
    return this.#judge(token, now);
  }

  /**
   * Who shows a token whose signature has been found right meanwhile; undefined when a key has gone since.
   * @param {string} text
   * @param {VerifiedToken} token
   * @param {number} generation that of the keys that the signature was checked with
   * @param {ClockReading} now
   * @throws {VerificationError}
   */
  admit(text, token, generation, now) {
    if (generation !== this.generation) return undefined;
    try {
      const identity = this.#judge(token, now);
      this.cache.insert(text, token);
      return identity;
    } catch (error) {
      // What is of no use again does not push out what is.
      if (isStale(error)) this.cache.insert(text, token);
      throw error;
    }
  }

  /**
   * @param {VerifiedToken} token
   * @param {ClockReading} now
   */
  #judge(token, now) {
    if (this.follower.wall(now) >= token.refusedFrom) throw new VerificationError("expired");
    if (now.wall < token.acceptedFrom) throw new VerificationError("not_yet_valid");
    // What is known to be over needs no lease.
    if (this.follower.revocations.isOver(token.claims)) throw new VerificationError("ended");
    if (!this.follower.hasLease(now)) throw new VerificationError("stale");
    this.checks.accepted += 1;
    return token.identity;
  }

  /**
   * Counts why a token was not accepted.
   * @param {VerificationCode} code
   */
  count(code) {
    this.checks[code] = (this.checks[code] ?? 0) + 1;
  }

  // Following

  /**
   * Takes an answer; says whether it was of use, and who is to be told of an end.
   * @param {FeedAnswer} answer
   * @param {ClockReading} asked
   * @param {ClockReading} now
   */
  receive(answer, asked, now) {
    if (!this.follower.receive(answer, asked, now)) return { isOfUse: false, ended: [] };
    this.#hasBeenLive ||= this.follower.hasLease(now);
    return { isOfUse: true, ended: answer.revocations.flatMap((record) => this.watchers.takeEnded(record)) };
  }

  /** The number of a fetch of the keys that is about to begin. */
  beginFetch() {
    this.#fetchesBegun += 1;
    return this.#fetchesBegun;
  }

  /**
   * Takes over the keys that a fetch has brought, unless one that began later was quicker; `version` is what the
   * authority called them when it asked for that.
   * @param {PublicKeys} fetched
   * @param {number} fetch
   * @param {string} [version]
   */
  replaceKeys(fetched, fetch, version) {
    if (fetch > this.#fetchApplied) {
      this.#fetchApplied = fetch;
      if (!fetched.hasAll(this.keys)) {
        this.generation += 1;
        this.cache.clear();
      }
      this.keys = fetched;
    }
    if (version !== undefined) this.keysVersion = version;
  }

  // The end

  /** Gives up the lease for good; says who is to be told. */
  stop() {
    this.#isStopped = true;
    this.follower.stop();
    return this.watchers.takeAll();
  }

  /**
   * Says who is to be told that nothing can be promised any more.
   * @param {ClockReading} now
   */
  takeUnpromised(now) {
    return this.watchers.size === 0 || this.follower.hasLease(now) ? [] : this.watchers.takeAll();
  }

  /**
   * Adds somebody who waits for the end of a session, or tells at once what there is to hear already; gives what takes
   * the wish back.
   * @param {Identity} identity
   * @param {Tell} tell
   * @param {ClockReading} now
   * @throws {TooManyWatchersError}
   */
  watch(identity, tell, now) {
    const { claims } = tokenOf(identity);
    if (this.follower.revocations.isOver(claims)) tell("ended");
    else if (!this.follower.hasLease(now)) tell("unknown");
    else {
      if (this.watchers.size >= mostWatchers) throw new TooManyWatchersError();
      const watcher = { claims, tell };
      this.watchers.add(watcher);
      return () => this.watchers.remove(watcher);
    }
    return () => {};
  }

  /** @param {ClockReading} now */
  dropExpiredTokens(now) {
    this.cache.removeExpired(this.follower.wall(now), sweptTokens);
  }

  /**
   * @param {ClockReading} now
   * @returns {Phase}
   */
  phase(now) {
    if (this.#isStopped) return "stopped";
    if (this.follower.hasLease(now)) return "live";
    return this.#hasBeenLive ? "lapsed" : "starting";
  }
}

/** @param {unknown} error */
export function isStale(error) {
  return error instanceof VerificationError && error.code === "stale";
}
