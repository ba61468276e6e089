import { subjectSweepMilliseconds, sweptRecords } from "../limits.js";

/** @typedef {import("./revocation.js").Revocation} Revocation */
/** @typedef {import("./revocation.js").TokenClaims} TokenClaims */

/**
 * The live records of the log, arranged to say whether a token is over.
 *
 * One record a subject is enough: a newer one replaces an older one, because the session that it spares was alive when
 * it was written, and all that the older one ended has a version below its own.
 */
export class RevocationSet {
  #tokens = new ExpiringNames();
  #sessions = new ExpiringNames();
  /** @type {Map<string, { version: number, except: string | undefined, until: number }>} */
  #subjects = new Map();
  /** When to look for subjects' records to drop. */
  #subjectsDue = Infinity;
  #epoch = 0;
  #epochUntil = -Infinity;
  /** The latest moment at which a record that has been dropped was to go, in milliseconds since 1970. */
  droppedThrough = -Infinity;

  /** How many records are held. */
  get size() {
    return this.#tokens.size + this.#sessions.size + this.#subjects.size + (this.#epoch > 0 ? 1 : 0);
  }

  /**
   * Adds a record; adding one twice, or one that a newer record covers, changes nothing.
   * @param {Revocation} record
   */
  insert(record) {
    if (record.kind === "token") this.#tokens.insert(record.id, record.until);
    else if (record.kind === "session") this.#sessions.insert(record.id, record.until);
    else if (record.kind === "subject") {
      const held = this.#subjects.get(record.subject);
      if (held && held.version >= record.version) return;
      const until = Math.max(record.until, held?.until ?? -Infinity);
      this.#subjects.set(record.subject, { version: record.version, except: record.except, until });
      this.#subjectsDue = Math.min(this.#subjectsDue, until);
    } else if (record.kind === "all") {
      this.#epoch = Math.max(this.#epoch, record.epoch);
      this.#epochUntil = Math.max(this.#epochUntil, record.until);
    }
  }

  /**
   * Whether a token that says `claims` of itself has been ended.
   * @param {TokenClaims} claims
   */
  isOver(claims) {
    if (claims.epoch < this.#epoch) return true;
    if (this.#sessions.has(claims.session) || this.#tokens.has(claims.token)) return true;
    const cut = this.#subjects.get(claims.subject);
    return cut !== undefined && claims.version < cut.version && claims.session !== cut.except;
  }

  /**
   * Drops records whose tokens have all expired by `now`, in milliseconds since 1970.
   *
   * It looks through a part of a large set at a time.
   * @param {number} now
   */
  dropExpired(now) {
    this.#note(this.#tokens.forget(now, sweptRecords));
    this.#note(this.#sessions.forget(now, sweptRecords));
    if (this.#subjectsDue <= now) this.#dropSubjects(now);
    if (this.#epoch > 0 && this.#epochUntil <= now) {
      this.#note(this.#epochUntil);
      this.#epoch = 0;
    }
  }

  /** @param {number} now */
  #dropSubjects(now) {
    let earliest = Infinity;
    for (const [subject, { until }] of this.#subjects) {
      if (until <= now) {
        this.#note(until);
        this.#subjects.delete(subject);
      } else {
        earliest = Math.min(earliest, until);
      }
    }
    // Looking through them all is for once a second, however often somebody asks.
    this.#subjectsDue = Math.max(earliest, now + subjectSweepMilliseconds);
  }

  /** @param {number} until */
  #note(until) {
    this.droppedThrough = Math.max(this.droppedThrough, until);
  }
}

/** Names, each with the moment at which it may be forgotten, in milliseconds since 1970. */
class ExpiringNames {
  /** @type {Map<string, number>} */
  #moments = new Map();
  /** Goes through them all, again and again; an iterator of a Map bears with changes. */
  #sweep = this.#moments.entries();

  get size() {
    return this.#moments.size;
  }

  /** @param {string} name */
  has(name) {
    return this.#moments.has(name);
  }

  /**
   * Adds a name, to be kept until then; of two moments the later counts.
   * @param {string} name
   * @param {number} until
   */
  insert(name, until) {
    this.#moments.set(name, Math.max(until, this.#moments.get(name) ?? -Infinity));
  }

  /**
   * Forgets what may be forgotten at `now` among the next so many names.
   *
   * Gives the latest of the moments that have passed.
   * @param {number} now
   * @param {number} most
   */
  forget(now, most) {
    let latest = -Infinity;
    for (let left = Math.min(most, this.#moments.size); left > 0; left -= 1) {
      let next = this.#sweep.next();
      if (next.done) {
        this.#sweep = this.#moments.entries();
        next = this.#sweep.next();
        if (next.done) break;
      }
      const [name, until] = next.value;
      if (until > now) continue;
      latest = Math.max(latest, until);
      this.#moments.delete(name);
    }
    return latest;
  }
}
