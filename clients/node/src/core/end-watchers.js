import { matches } from "./revocation.js";

/** @typedef {import("./revocation.js").Revocation} Revocation */
/** @typedef {import("./revocation.js").TokenClaims} TokenClaims */

/**
 * What somebody hears who waits for the end of a session: it has been ended, or nothing can be promised any more. A
 * stream or socket is closed then just as well; whoever opens it anew is checked.
 * @typedef {"ended" | "unknown"} SessionEnd
 */
/** @typedef {(end: SessionEnd) => void} Tell */
/** @typedef {{ claims: TokenClaims, tell: Tell }} Watcher */

/** Whoever waits to hear of the end of a session, found by what can end it. */
export class EndWatchers {
  /** @type {Set<Watcher>} */
  #all = new Set();
  /** @type {Map<string, Set<Watcher>>} */
  #bySession = new Map();
  /** @type {Map<string, Set<Watcher>>} */
  #byToken = new Map();
  /** @type {Map<string, Set<Watcher>>} */
  #bySubject = new Map();

  get size() {
    return this.#all.size;
  }

  /** @param {Watcher} watcher */
  add(watcher) {
    this.#all.add(watcher);
    for (const [index, name] of this.#places(watcher)) {
      const there = index.get(name);
      if (there) there.add(watcher);
      else index.set(name, new Set([watcher]));
    }
  }

  /** @param {Watcher} watcher */
  remove(watcher) {
    if (!this.#all.delete(watcher)) return;
    for (const [index, name] of this.#places(watcher)) {
      const there = index.get(name);
      there?.delete(watcher);
      if (there?.size === 0) index.delete(name);
    }
  }

  /**
   * Takes out those whom a record ends; whoever calls tells them.
   * @param {Revocation} record
   */
  takeEnded(record) {
    const ended = [...this.#candidates(record)].filter(({ claims }) => matches(record, claims));
    for (const watcher of ended) this.remove(watcher);
    return ended.map(({ tell }) => tell);
  }

  /** Takes out everybody. */
  takeAll() {
    const tells = [...this.#all].map(({ tell }) => tell);
    this.#all.clear();
    for (const index of [this.#bySession, this.#byToken, this.#bySubject]) index.clear();
    return tells;
  }

  /**
   * @param {Revocation} record
   * @returns {Iterable<Watcher>}
   */
  #candidates(record) {
    switch (record.kind) {
      case "token":
        return this.#byToken.get(record.id) ?? [];
      case "session":
        return this.#bySession.get(record.id) ?? [];
      case "subject":
        return this.#bySubject.get(record.subject) ?? [];
      case "all":
        return this.#all;
    }
  }

  /**
   * @param {Watcher} watcher
   * @returns {[Map<string, Set<Watcher>>, string][]}
   */
  #places({ claims }) {
    return [
      [this.#bySession, claims.session],
      [this.#byToken, claims.token],
      [this.#bySubject, claims.subject],
    ];
  }
}
