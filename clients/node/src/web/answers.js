import { returnCharacters } from "../limits.js";

/** @typedef {import("../core/verified-token.js").Identity} Identity */
/**
 * What is to be answered, in whatever framework.
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string>} headers
 * @property {string} [body]
 * @property {string[]} [setCookies]
 * @property {Readonly<Identity>} [watched] whose session's end is to be told, in an event stream
 * @property {boolean} [isSignedOut] whether this browser is signed out now, so that the application's own session of it
 *   is to end as well
 */

/** No error code where there was nothing to be wrong (RFC 6750 §3.1). */
const challenges = {
  no_token: 'Bearer realm="exeunt"',
  invalid_token: 'Bearer realm="exeunt", error="invalid_token"',
};

/** A path of our own, in plain letters: one slash, and then no second one, which would name another host. */
const ownPath = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/**
 * @param {number} status
 * @param {unknown} value
 * @returns {Answer}
 */
export function json(status, value) {
  const headers = { "Cache-Control": "no-store", "Content-Type": "application/json" };
  return { status, headers, body: JSON.stringify(value) };
}

/**
 * @param {number} status
 * @param {string} message
 * @param {Record<string, string>} [headers]
 * @returns {Answer}
 */
export function text(status, message, headers = {}) {
  const type = { "Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8" };
  return { status, headers: { ...type, ...headers }, body: `${message}\n` };
}

/**
 * @param {string} place
 * @returns {Answer}
 */
export function seeOther(place) {
  return { status: 303, headers: { "Cache-Control": "no-store", Location: place } };
}

/** @returns {Answer} */
export function noContent() {
  return { status: 204, headers: { "Cache-Control": "no-store" } };
}

/**
 * What is said to whoever is nobody.
 * @param {import("./gate.js").Admission} admission
 */
export function refusal({ refusal = "no_token", retryAfterSeconds = 1 }) {
  if (refusal === "stale") return unavailable(retryAfterSeconds);
  return text(401, "You are not signed in.", { "WWW-Authenticate": challenges[refusal] });
}

/** @param {number} retryAfterSeconds */
export function unavailable(retryAfterSeconds, message = "Whether you are signed in cannot be known now.") {
  const headers = { "Retry-After": String(Math.max(1, Math.ceil(retryAfterSeconds))) };
  return text(503, `${message} Try again in a moment.`, headers);
}

export function foreign() {
  return text(403, "This did not come from one of our own pages.");
}

/**
 * A place of our own to go to, or else another one.
 * @param {unknown} place
 * @param {string} other
 */
export function ownPlace(place, other) {
  return typeof place === "string" && place.length <= returnCharacters && ownPath.test(place) ? place : other;
}
