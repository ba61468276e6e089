import { isIdentifier } from "./base64url.js";
import { isWellFormed } from "./text.js";
import { latestSeconds, longestLeaseMilliseconds } from "../limits.js";

/** @typedef {import("./revocation.js").Revocation} Revocation */

/**
 * What the authority answers to a poll: the log in `(after, through]`. Records that have outlived every token are left
 * out, so from 0 on it is a snapshot of all that is live. A lease of 0 says that there is more to fetch first.
 * @typedef {object} FeedAnswer
 * @property {string} node who answers: a name that an authority makes up anew each time that it starts
 * @property {number} after
 * @property {number} through
 * @property {Revocation[]} revocations
 * @property {number} leaseMilliseconds
 * @property {string} keysVersion changes whenever a signing key comes or goes
 */

/**
 * The answer that a text is, or undefined when anything in it is not understood: a record that is passed over is a
 * sign-out that is not heard of.
 * @param {string} text
 * @returns {FeedAnswer | undefined}
 */
export function readFeedAnswer(text) {
  const body = parse(text);
  if (typeof body !== "object" || body === null) return undefined;
  const { node, after, head, lease_ms: leaseMilliseconds, keys_version: keysVersion, revocations } = body;
  if (!isIdentifier(node) || !isCount(after) || !isCount(head) || after > head) return undefined;
  if (!isCount(leaseMilliseconds) || leaseMilliseconds > longestLeaseMilliseconds) return undefined;
  if (typeof keysVersion !== "string" || !Array.isArray(revocations)) return undefined;
  /** @type {Revocation[]} */
  const records = [];
  let last = after;
  for (const each of revocations) {
    const record = readRecord(each);
    if (!record || record.seq <= last || record.seq > head) return undefined;
    last = record.seq;
    records.push(record);
  }
  return { node, after, through: head, revocations: records, leaseMilliseconds, keysVersion };
}

/**
 * @param {any} record
 * @returns {Revocation | undefined}
 */
function readRecord(record) {
  if (typeof record !== "object" || record === null) return undefined;
  const { seq, kind, version, until: untilSeconds } = record;
  const [id, subject, except] = [record.id ?? undefined, record.subject ?? undefined, record.except ?? undefined];
  if (!isCount(seq) || !isCount(untilSeconds) || untilSeconds > latestSeconds) return undefined;
  const until = untilSeconds * 1000;
  switch (kind) {
    case "token":
    case "session":
      return isIdentifier(id) ? { seq, until, kind, id } : undefined;
    case "subject":
      // A name in `except` that is none would end a session that is to be spared.
      return isText(subject) && isCount(version) && (except === undefined || isIdentifier(except))
        ? { seq, until, kind, subject, version, except }
        : undefined;
    case "all":
      return isCount(version) ? { seq, until, kind, epoch: version } : undefined;
    default:
      return undefined;
  }
}

/**
 * @param {string} text
 * @returns {any}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a value is a whole number, not below 0, that JavaScript has exactly.
 * @param {unknown} value
 * @returns {value is number}
 */
function isCount(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isText(value) {
  return typeof value === "string" && isWellFormed(value);
}
