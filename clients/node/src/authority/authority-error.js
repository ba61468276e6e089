/**
 * Why a question to the authority was not answered as it should have been:
 *
 * - `configuration`: a setting of this package cannot be meant
 * - `credential_over`: the credential is over, was never one, or is another client's: sign in again (`invalid_grant`)
 * - `client_refused`: the client's id or its secret is wrong (401)
 * - `scope_missing`: the client may not do that (403)
 * - `authority_too_old`: it has no feed, or one that is not understood
 * - `not_found`: there is no such live session (404)
 * - `refused`: the authority has something against the request itself
 * - `unavailable`: the authority cannot do it now (429, 5xx)
 * - `unreachable`: no answer came, or none that makes sense; whether it was done is not known
 * @typedef {"configuration" | "credential_over" | "client_refused" | "scope_missing" | "authority_too_old" |
 *   "not_found" | "refused" | "unavailable" | "unreachable"} AuthorityCode
 */

const brand = Symbol.for("exeunt.AuthorityError");

/** What went wrong in talking to the authority; `code` says it to programs, `message` says what to do. */
export class AuthorityError extends Error {
  name = "AuthorityError";

  /**
   * @param {AuthorityCode} code
   * @param {string} message
   * @param {{ status?: number, retryAfterSeconds?: number, cause?: unknown }} details
   */
  constructor(code, message, { status, retryAfterSeconds, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    /** The status of the answer, if there was one. */
    this.status = status;
    /** When to try again, if the authority has said so. */
    this.retryAfterSeconds = retryAfterSeconds;
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

/**
 * Whether waiting cannot mend it: somebody has to change a setting.
 * @param {unknown} error
 */
export function isForGood(error) {
  const codes = ["configuration", "client_refused", "scope_missing", "authority_too_old"];
  return error instanceof AuthorityError && codes.includes(error.code);
}
