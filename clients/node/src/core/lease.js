/**
 * Both clocks of a process, read together, in whole milliseconds rounded down: the one that never goes back, which
 * means nothing to any other process; and the one that others agree with, and that somebody may set, since 1970.
 * @typedef {{ moment: number, wall: number }} ClockReading
 */

/** Leave to answer from memory, counted by whoever holds it from before the moment at which it asked. */
export class Lease {
  /**
   * @param {ClockReading} asked what the clocks of its holder said when it asked
   * @param {number} milliseconds
   */
  constructor(asked, milliseconds) {
    this.asked = asked;
    this.milliseconds = milliseconds;
  }

  /** The moment at which it ends, if nothing voids it. */
  get end() {
    return this.asked.moment + this.milliseconds;
  }

  /**
   * Whether its holder may answer from memory now.
   *
   * The monotonic clock of a suspended or migrated machine may have stood still while leases ran out elsewhere. The
   * wall clock is set right afterwards; so where the two disagree by more than the tolerance the lease is void.
   * @param {ClockReading} now
   */
  isLive(now) {
    const disagreement = now.wall - this.asked.wall - (now.moment - this.asked.moment);
    return now.moment < this.end && Math.abs(disagreement) <= tolerance(this.milliseconds);
  }
}

/**
 * How far the two clocks of its holder may come to disagree, in milliseconds: one part in a hundred, and two because
 * each is read to the millisecond below.
 * @param {number} milliseconds
 */
function tolerance(milliseconds) {
  return Math.floor(milliseconds / 100) + 2;
}
