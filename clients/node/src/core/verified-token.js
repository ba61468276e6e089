/** @typedef {import("./revocation.js").TokenClaims} TokenClaims */

/**
 * Who made a request, as a token that was accepted says.
 * @typedef {object} Identity
 * @property {string} subject whose session it is (`sub`)
 * @property {string} sessionId the session that the token came from (`sid`)
 * @property {string} tokenId the token's own name (`jti`)
 * @property {string} clientId the client that opened the session (`client_id`)
 * @property {Date} authenticatedAt when the person signed in (`auth_time`)
 * @property {Date} expiresAt when the token expires (`exp`); the session may well go on
 */

/**
 * The claims of an access token (RFC 9068 §2.2), with the authority's own: `sid`, `ver` and `gen`.
 * @typedef {object} TokenPayload
 * @property {string} iss
 * @property {string} sub
 * @property {string[]} aud
 * @property {number} exp
 * @property {number} iat
 * @property {number | undefined} nbf
 * @property {string} jti
 * @property {string} client_id
 * @property {string} sid
 * @property {number} ver
 * @property {number} gen
 * @property {number} auth_time
 */

/**
 * A token that has been found genuine and meant for us, and what it says.
 *
 * Whether it has expired or been ended is asked each time.
 */
export class VerifiedToken {
  /** The second chance of the cache: whether somebody showed it since it was last passed over. */
  wasUsed = false;

  /**
   * @param {TokenPayload} payload
   * @param {number} skew the allowed difference between clocks, in milliseconds
   */
  constructor(payload, skew) {
    const { jti, sid, sub, ver, gen } = payload;
    /** @type {Readonly<TokenClaims>} */
    this.claims = Object.freeze({ token: jti, session: sid, subject: sub, version: ver, epoch: gen });
    // From when on it is accepted, and from when on no more, in milliseconds since 1970.
    this.acceptedFrom = Math.max(payload.iat, payload.nbf ?? payload.iat) * 1000 - skew;
    this.refusedFrom = payload.exp * 1000 + skew;
    /** @type {Readonly<Identity>} */
    this.identity = Object.freeze({
      subject: sub,
      sessionId: sid,
      tokenId: jti,
      clientId: payload.client_id,
      authenticatedAt: new Date(payload.auth_time * 1000),
      expiresAt: new Date(payload.exp * 1000),
    });
    tokens.set(this.identity, this);
  }
}

/** @type {WeakMap<object, VerifiedToken>} */
const tokens = new WeakMap();

/**
 * The token that an identity was made of; nobody else can make one.
 * @param {Identity} identity
 */
export function tokenOf(identity) {
  const token = tokens.get(identity);
  if (!token) throw new TypeError("this is not an identity that a verifier has given out");
  return token;
}
