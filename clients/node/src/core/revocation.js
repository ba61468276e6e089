/**
 * What an access token says of itself that a revocation can match.
 * @typedef {object} TokenClaims
 * @property {string} token the token's own name (`jti`)
 * @property {string} session the session that it came from (`sid`)
 * @property {string} subject whose session it is (`sub`)
 * @property {number} version the subject's token version when the session opened, or was last kept (`ver`)
 * @property {number} epoch the authority's epoch at that moment (`gen`)
 */

/**
 * One record of the log: a token, a session, a subject's sessions or everything is over. `until` says when every token
 * that it could match has expired, in milliseconds since 1970; the record may go then.
 * @typedef {{ seq: number, until: number } & (
 *   { kind: "token" | "session", id: string } |
 *   { kind: "subject", subject: string, version: number, except: string | undefined } |
 *   { kind: "all", epoch: number }
 * )} Revocation
 */

/**
 * Whether a record ends a token that says `claims` of itself.
 * @param {Revocation} record
 * @param {TokenClaims} claims
 */
export function matches(record, claims) {
  switch (record.kind) {
    case "token":
      return claims.token === record.id;
    case "session":
      return claims.session === record.id;
    case "subject":
      return (
        claims.subject === record.subject && claims.version < record.version && claims.session !== record.except
      );
    case "all":
      return claims.epoch < record.epoch;
  }
}
