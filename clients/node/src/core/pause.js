import { firstPauseMilliseconds, longestPauseMilliseconds } from "../limits.js";

/**
 * How long to wait before the next poll when the last ones failed: longer each time, and never all verifiers at once.
 */
export class Pause {
  #failures = 0;

  reset() {
    this.#failures = 0;
  }

  /**
   * The pause after one more failure, in milliseconds; at least what the authority has asked for.
   * @param {number} random from 0 to 1
   * @param {number} [atLeastMilliseconds]
   */
  next(random, atLeastMilliseconds = 0) {
    const whole = Math.min(firstPauseMilliseconds * 2 ** Math.min(this.#failures, 10), longestPauseMilliseconds);
    this.#failures += 1;
    return Math.max(whole / 2 + (whole / 2) * random, atLeastMilliseconds);
  }
}
