import { Lease } from "./lease.js";
import { RevocationSet } from "./revocation-set.js";

/** @typedef {import("./lease.js").ClockReading} ClockReading */
/** @typedef {import("./feed-answer.js").FeedAnswer} FeedAnswer */

/**
 * What a verifier knows, and until when it may say so.
 *
 * It does nothing by itself: it is told what time it is and what has arrived.
 */
export class FollowerState {
  revocations = new RevocationSet();
  /** The number through which the log of `node` is applied. */
  applied = 0;
  /** @type {string | undefined} */
  node;
  /** @type {Lease | undefined} */
  lease;
  #isStopped = false;

  /** @param {string} id a name made up anew for each start of a process */
  constructor(id) {
    this.id = id;
  }

  /** What to ask next; whoever asks notes what its clocks say just before. */
  poll() {
    return { follower: this.id, node: this.node, after: this.applied };
  }

  /**
   * Takes an answer, and says whether it was of use; `asked` is what the clocks said just before the poll was sent.
   *
   * An answer to a poll that was given up is as good as any other when it leaves no gap and does not go back. Records
   * are only ever added, never taken back by an answer, so none is forgotten before its time whatever a node says.
   * @param {FeedAnswer} answer
   * @param {ClockReading} asked
   * @param {ClockReading} now
   */
  receive(answer, asked, now) {
    if (this.#isStopped) return false;
    if (answer.node === this.node) {
      if (answer.after > this.applied || answer.through < this.applied) return false;
    } else if (answer.after !== 0) {
      // Another node numbers its answers from the start, or they are not meant for us.
      return false;
    }
    for (const record of answer.revocations) this.revocations.insert(record);
    this.node = answer.node;
    this.applied = answer.through;
    this.revocations.dropExpired(now.wall);
    if (answer.leaseMilliseconds > 0) this.#take(new Lease(asked, answer.leaseMilliseconds), now);
    return true;
  }

  /**
   * @param {Lease} granted
   * @param {ClockReading} now
   */
  #take(granted, now) {
    if (!this.lease?.isLive(now) || granted.end >= this.lease.end) this.lease = granted;
  }

  /** @param {ClockReading} now */
  hasLease(now) {
    return this.lease?.isLive(now) ?? false;
  }

  /**
   * The moment by which tokens expire, in milliseconds since 1970: a clock that is set back does not revive a token
   * whose record has been dropped.
   * @param {ClockReading} now
   */
  wall(now) {
    return Math.max(now.wall, this.revocations.droppedThrough);
  }

  /** Gives up the lease for good; the authority may be told only afterwards. */
  stop() {
    this.#isStopped = true;
    this.lease = undefined;
  }
}
