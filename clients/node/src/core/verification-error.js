/**
 * Why a token is not accepted:
 *
 * - `malformed`: it is not a token of the authority's form
 * - `wrong_type`: it is signed, but it is not an access token (RFC 9068 §4, `typ`)
 * - `unknown_key`: it names no key, or none that the authority has
 * - `bad_signature`: the signature is not that key's, or not of that key's algorithm
 * - `wrong_issuer`: somebody else issued it
 * - `wrong_audience`: it is meant for somebody else
 * - `not_yet_valid`: it is from the future
 * - `expired`
 * - `ended`: its session, or the token itself, has been ended
 * - `stale`: whether it has been ended cannot be known now; the same token may be accepted later
 * @typedef {"malformed" | "wrong_type" | "unknown_key" | "bad_signature" | "wrong_issuer" | "wrong_audience" |
 *   "not_yet_valid" | "expired" | "ended" | "stale"} VerificationCode
 */

/** @type {Record<VerificationCode, string>} */
const messages = {
  malformed: "the access token is malformed",
  wrong_type: "the token is not an access token; show the access token, not the refresh token or another one",
  unknown_key: "the access token is signed by a key that this authority does not have; is it another authority's?",
  bad_signature: "the access token's signature is wrong",
  wrong_issuer: "the access token has another issuer; set `issuer` to what the authority calls itself",
  wrong_audience: "the access token is meant for another audience; set `audience` to the authority's `tokens.audience`",
  not_yet_valid: "the access token is from the future; set this machine's clock, or the authority's",
  expired: "the access token has expired",
  ended: "the session has been ended",
  stale: "whether the session lives cannot be known now: there is no lease; answer 503 with Retry-After",
};

const brand = Symbol.for("exeunt.VerificationError");

/** Why a token is not accepted; `code` says it to programs. */
export class VerificationError extends Error {
  name = "VerificationError";

  /**
   * @param {VerificationCode} code
   * @param {string} [detail]
   */
  constructor(code, detail) {
    super(messages[code] + (detail ? ` (${detail})` : ""));
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Also true of an error of another copy of this package, as bundlers make them.
   * @param {unknown} value
   */
  static [Symbol.hasInstance](value) {
    return typeof value === "object" && value !== null && brand in value;
  }
}
