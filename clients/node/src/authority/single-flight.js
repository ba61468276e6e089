/**
 * Does a piece of work once for all who want it at the same time.
 *
 * Whoever comes while it is being done waits, and gets the same result or the same error.
 * @template Value
 */
export class SingleFlight {
  /** @type {Map<string, Promise<Value>>} */
  #flights = new Map();

  get size() {
    return this.#flights.size;
  }

  /**
   * The work that is under way for a key, if there is any.
   * @param {string} key
   */
  underWay(key) {
    return this.#flights.get(key);
  }

  /**
   * The result of the work for a key.
   * @param {string} key
   * @param {() => Promise<Value>} work
   * @returns {Promise<Value>}
   */
  run(key, work) {
    const flight = this.#flights.get(key) ?? work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}
