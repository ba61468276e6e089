import { randomBytes } from "node:crypto";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import { AuthorityError, isForGood } from "./authority/authority-error.js";
import { Pause } from "./core/pause.js";
import { longestPollMilliseconds, pollGraceMilliseconds, questionMilliseconds, tickMilliseconds } from "./limits.js";

/** @typedef {import("./authority/feed-client.js").FeedClient} FeedClient */
/** @typedef {import("./configuration.js").Log} Log */
/** @typedef {import("./core/end-watchers.js").Tell} Tell */
/** @typedef {import("./core/end-watchers.js").SessionEnd} SessionEnd */
/** @typedef {import("./core/lease.js").ClockReading} ClockReading */
/** @typedef {import("./core/verifier-state.js").VerifierState} VerifierState */
/**
 * What a poll has brought: more of the log, a lease, or nothing.
 * @typedef {"news" | "lease" | "nothing"} Progress
 */

/**
 * Follows the authority's log for a verifier: polls, takes over what comes, and tells who waits.
 *
 * Nothing of it keeps a process alive that has nothing else to do, but for somebody who waits.
 */
export class Follower {
  /** @type {AuthorityError | undefined} */
  lastError;
  pollErrors = 0;
  #state;
  #feed;
  #settings;
  #reading;
  #stopping = new AbortController();
  /** @type {Promise<void> | undefined} */
  #following;
  /** @type {NodeJS.Timeout | undefined} */
  #ticking;
  /** Those who want to hear of the next poll's end, however it ends. */
  /** @type {(() => void)[]} */
  #curious = [];
  #wasLive = false;
  #isClockOff = false;

  /**
   * @param {VerifierState} state
   * @param {FeedClient} feed
   * @param {{ leaseMilliseconds: number | undefined, clockSkewMilliseconds: number, log: Log }} settings
   * @param {() => ClockReading} reading
   */
  constructor(state, feed, settings, reading) {
    this.#state = state;
    this.#feed = feed;
    this.#settings = settings;
    this.#reading = reading;
  }

  #start() {
    if (this.#following || this.#isStopped) return;
    this.#following = this.#follow();
    this.#tick();
  }

  get #isStopped() {
    return this.#stopping.signal.aborted;
  }

  get #phase() {
    return this.#state.phase(this.#reading());
  }

  // Waiting

  /** Resolves once there is a lease; rejects with what waiting cannot mend. */
  async untilLive() {
    this.#start();
    await this.#awake(async () => {
      while (this.#phase !== "live") {
        if (this.#isStopped) throw new AuthorityError("unreachable", "the verifier has been closed");
        if (isForGood(this.lastError)) throw this.lastError;
        await this.#nextPoll();
      }
    });
  }

  /** Resolves once something can be said of a token: at once, but for a verifier that has only just begun. */
  async untilKnown() {
    this.#start();
    if (this.#phase !== "starting") return;
    const { moment } = this.#reading();
    await this.#awake(async () => {
      while (this.#phase === "starting" && !this.lastError) {
        if (this.#reading().moment - moment > questionMilliseconds) return;
        await this.#nextPoll();
      }
    });
  }

  /** @returns {Promise<void>} */
  #nextPoll() {
    return new Promise((resolve) => this.#curious.push(resolve));
  }

  /**
   * Keeps the process alive for as long as somebody waits.
   * @param {() => Promise<void>} wait
   */
  async #awake(wait) {
    const timer = setInterval(() => {}, 2 ** 30);
    try {
      await wait();
    } finally {
      clearInterval(timer);
    }
  }

  // Polling

  async #follow() {
    const pause = new Pause();
    let hasFailed = false;
    while (!this.#isStopped) {
      const third = this.#third;
      // Without a lease, or after a poll that has failed, what matters is to get one.
      /** @type {number} */
      const wait = hasFailed ? 0 : (third ?? 0);
      const began = this.#reading().moment;
      /** @type {Progress} */
      let progress = "nothing";
      let retryAfterSeconds = 0;
      try {
        progress = await this.#poll(wait, third);
      } catch (error) {
        retryAfterSeconds = this.#note(error).retryAfterSeconds ?? 0;
      }
      this.#satisfyCuriosity();
      hasFailed = progress === "nothing";
      if (!hasFailed) pause.reset();
      if (hasFailed) await this.#sleep(pause.next(Math.random(), retryAfterSeconds * 1000));
      // An authority that holds no poll is not asked all the time.
      else if (progress === "lease") await this.#sleep(wait / 2 - (this.#reading().moment - began));
    }
    this.#satisfyCuriosity();
  }

  #satisfyCuriosity() {
    for (const tell of this.#curious.splice(0)) tell();
  }

  /**
   * A third of the lease, for which a poll is held, so that one can fail before it runs out; undefined without one. Of a
   * long lease it is less: to ask for longer than the authority holds a poll would be taken for one that it does not hold.
   */
  get #third() {
    const { follower } = this.#state;
    if (!follower.lease || !follower.hasLease(this.#reading())) return undefined;
    return Math.min(Math.floor(follower.lease.milliseconds / 3), longestPollMilliseconds);
  }

  /**
   * Polls once, and takes over what comes.
   *
   * To poll again is to say that the answer is applied. So keys that have gone are let go of before that: they are
   * fetched first.
   * @param {number} waitMilliseconds
   * @param {number | undefined} third
   * @returns {Promise<Progress>}
   */
  async #poll(waitMilliseconds, third) {
    // The lease counts from here, which is before the authority can have granted it.
    const asked = this.#reading();
    // While there is a lease to keep, there must be time for another poll; without one, for a long answer.
    const grace = third === undefined ? questionMilliseconds : Math.max(third / 2, pollGraceMilliseconds);
    const { answer, date } = await this.#feed.poll(this.#state.follower.poll(), {
      leaseMilliseconds: this.#settings.leaseMilliseconds,
      waitMilliseconds,
      patienceMilliseconds: waitMilliseconds + grace,
      signal: this.#stopping.signal,
    });
    this.#compareClocks(date);
    const areKeysOld = this.#state.keysVersion !== answer.keysVersion;
    if (areKeysOld) await this.fetchKeys({ version: answer.keysVersion, isIdle: true });
    const progress = this.#apply(answer, asked);
    return areKeysOld && progress === "lease" ? "news" : progress;
  }

  /**
   * Fetches the keys and takes them over; `version` is what the authority called them before.
   * @param {{ version?: string, isIdle?: boolean }} options
   */
  async fetchKeys({ version, isIdle } = {}) {
    const fetch = this.#state.beginFetch();
    const keys = await this.#feed.keys(randomBytes(8).toString("hex"), { isIdle, signal: this.#stopping.signal });
    this.#state.replaceKeys(keys, fetch, version);
  }

  /**
   * Takes over an answer to a poll before which the clocks said `asked`.
   * @param {import("./core/feed-answer.js").FeedAnswer} answer
   * @param {ClockReading} asked
   * @returns {Progress}
   */
  #apply(answer, asked) {
    const now = this.#reading();
    const { node, applied } = this.#state.follower;
    const phase = this.#state.phase(now);
    // Between the end of one lease and the next a record can have come and gone.
    const unpromised = this.#state.takeUnpromised(now);
    const { isOfUse, ended } = this.#state.receive(answer, asked, now);
    this.lastError = undefined;
    this.#tell(ended, "ended");
    this.#tell(unpromised, "unknown");
    if (this.#state.phase(now) !== phase) this.#settings.log.info(`following the authority from ${answer.through}`);
    if (!isOfUse) return "nothing";
    if (node !== answer.node || applied < answer.through) return "news";
    // A lease that has ended on the way is none.
    return answer.leaseMilliseconds > 0 && this.#state.follower.hasLease(now) ? "lease" : "nothing";
  }

  /**
   * @param {Tell[]} tells
   * @param {SessionEnd} end
   */
  #tell(tells, end) {
    for (const tell of tells) {
      try {
        tell(end);
      } catch (error) {
        // One who fails to hear must not keep the others from it, nor end the following.
        this.#settings.log.error(`what waited for the end of a session has failed: ${error}`);
      }
    }
  }

  /** @param {unknown} error */
  #note(error) {
    const failure =
      error instanceof AuthorityError ? error : new AuthorityError("unreachable", String(error), { cause: error });
    if (this.#isStopped) return failure;
    this.pollErrors += 1;
    const isNew = failure.code !== this.lastError?.code;
    this.lastError = failure;
    if (isNew) this.#settings.log.warn(`cannot follow the authority: ${failure.message}`);
    return failure;
  }

  /**
   * Says so once when this machine's clock and the authority's disagree by more than tokens are allowed to.
   * @param {number | undefined} date what the authority's clock says, in milliseconds since 1970
   */
  #compareClocks(date) {
    if (date === undefined) return;
    const difference = this.#reading().wall - date;
    const isOff = Math.abs(difference) > Math.max(this.#settings.clockSkewMilliseconds, pollGraceMilliseconds + 1000);
    if (isOff && !this.#isClockOff) {
      const seconds = Math.round(Math.abs(difference) / 1000);
      this.#settings.log.warn(
        `this machine's clock is ${seconds} s ${difference > 0 ? "ahead of" : "behind"} the authority's: ` +
          "good tokens are refused until one of them is set right (see `timedatectl`)",
      );
    }
    this.#isClockOff = isOff;
  }

  // Time

  /** Tells those who wait when the lease has ended, and keeps the cache in order. */
  #tick() {
    const now = this.#reading();
    const { follower } = this.#state;
    this.#state.dropExpiredTokens(now);
    this.#tell(this.#state.takeUnpromised(now), "unknown");
    const isLive = follower.hasLease(now);
    if (this.#wasLive && !isLive) {
      const why = this.lastError ? ` (${this.lastError.message})` : "";
      this.#settings.log.warn(`the lease has ended: nothing is accepted from memory${why}`);
    }
    this.#wasLive = isLive;
    // Not a moment later than the lease ends.
    const left = isLive && follower.lease ? Math.max(follower.lease.end - now.moment, 1) : tickMilliseconds;
    this.#ticking = setTimeout(() => this.#tick(), Math.min(left, tickMilliseconds)).unref();
  }

  /** @param {number} milliseconds */
  async #sleep(milliseconds) {
    if (milliseconds <= 0) return;
    await sleep(milliseconds, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => {});
  }

  /** From here on nothing is accepted from memory; only then is the lease given back. */
  async stop() {
    clearTimeout(this.#ticking);
    this.#stopping.abort();
    this.#tell(this.#state.stop(), "unknown");
    if (!this.#following) return;
    await this.#following;
    try {
      await this.#feed.handBack(this.#state.follower.id);
      this.#settings.log.info("the lease is given back");
    } catch (error) {
      this.#settings.log.warn(`the lease could not be given back: ${/** @type {Error} */ (error).message}`);
    }
  }
}
