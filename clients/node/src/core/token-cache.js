/** @typedef {import("./verified-token.js").VerifiedToken} VerifiedToken */

/**
 * Tokens that have been verified, by their exact text, as many as there is room for.
 *
 * (A Map hashes with a key of this process, and what has the same hash is compared as a whole: nobody can choose tokens
 * that share a place, nor find one out letter by letter.) When it is full, the oldest one that was not used since it
 * was last passed over makes room (second chance; Corbató, 1968).
 */
export class TokenCache {
  /** @type {Map<string, VerifiedToken>} */
  #tokens = new Map();
  #sweep = this.#tokens.entries();

  /** @param {number} capacity */
  constructor(capacity) {
    this.capacity = capacity;
  }

  get size() {
    return this.#tokens.size;
  }

  /**
   * The token of that very text.
   * @param {string} text
   */
  find(text) {
    const token = this.#tokens.get(text);
    if (token) token.wasUsed = true;
    return token;
  }

  /**
   * @param {string} text
   * @param {VerifiedToken} token
   */
  insert(text, token) {
    if (this.capacity === 0) return;
    if (!this.#tokens.has(text) && this.#tokens.size >= this.capacity) this.#makeRoom();
    this.#tokens.set(text, token);
  }

  clear() {
    this.#tokens.clear();
  }

  /**
   * Removes what has expired at `wall`, in milliseconds since 1970, among the next so many.
   * @param {number} wall
   * @param {number} most
   */
  removeExpired(wall, most) {
    for (let left = most; left > 0; left -= 1) {
      const next = this.#sweep.next();
      if (next.done) {
        this.#sweep = this.#tokens.entries();
        return;
      }
      const [text, token] = next.value;
      if (token.refusedFrom <= wall) this.#tokens.delete(text);
    }
  }

  #makeRoom() {
    for (const [text, token] of this.#tokens) {
      this.#tokens.delete(text);
      if (!token.wasUsed) return;
      token.wasUsed = false;
      this.#tokens.set(text, token);
    }
  }
}
