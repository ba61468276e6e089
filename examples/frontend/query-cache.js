// @ts-check
/** Answers in memory, as libraries keep them. For a sign-out it has what React Query's `QueryClient` has. */
export class QueryCache {
  /** @type {Map<string, unknown>} */
  #answers = new Map();
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #asking = new AbortController();

  /** @param {string} key */
  get = (key) => this.#answers.get(key);

  /** @param {() => void} listener */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /**
   * Keeps what a question is answered with, unless that is cancelled meanwhile.
   * @template Answer
   * @param {string} key
   * @param {(signal: AbortSignal) => Promise<Answer>} question
   * @returns {Promise<Answer | undefined>}
   */
  async ask(key, question) {
    const { signal } = this.#asking;
    const answer = await question(signal);
    if (signal.aborted) return undefined;
    this.#answers.set(key, answer);
    this.#tell();
    return answer;
  }

  cancelQueries() {
    this.#asking.abort();
    this.#asking = new AbortController();
  }

  clear() {
    this.#answers.clear();
    this.#tell();
  }

  contents() {
    return Object.fromEntries(this.#answers);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
