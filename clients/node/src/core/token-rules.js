import { decode, isIdentifier } from "./base64url.js";
import { JSONObject } from "./json-object.js";
import { VerificationError } from "./verification-error.js";
import { VerifiedToken } from "./verified-token.js";
import { latestSeconds, shortestTokenCharacters, tokenCharacters } from "../limits.js";

/** @typedef {import("./public-keys.js").PublicKeys} PublicKeys */
/** @typedef {import("./verified-token.js").TokenPayload} TokenPayload */

/** Reads access tokens as RFC 9068 §4 and RFC 8725 §3 say. */
export class TokenRules {
  /**
   * @param {string} issuer
   * @param {string} audience
   * @param {number} skew the allowed difference between clocks, in milliseconds
   */
  constructor(issuer, audience, skew) {
    this.issuer = issuer;
    this.audience = audience;
    this.skew = skew;
  }

  /**
   * What a token says, if a key of these has signed it and it is meant for us.
   * @param {string} text
   * @param {PublicKeys} keys
   * @throws {VerificationError}
   */
  async read(text, keys) {
    const { header, payload } = split(text);
    const kid = header.string("kid");
    const algorithm = kid === undefined ? undefined : keys.algorithm(kid);
    if (kid === undefined || algorithm === undefined) throw new VerificationError("unknown_key");
    if (header.string("alg") !== algorithm || !(await keys.hasSigned(kid, text))) {
      throw new VerificationError("bad_signature");
    }
    return this.#read(payload);
  }

  /** @param {Uint8Array} bytes */
  #read(bytes) {
    const payload = readPayload(bytes);
    if (!payload) throw new VerificationError("malformed");
    if (payload.iss !== this.issuer) throw new VerificationError("wrong_issuer", `${payload.iss}, not ${this.issuer}`);
    if (!payload.aud.includes(this.audience)) {
      throw new VerificationError("wrong_audience", `${payload.aud.join(", ")}, not ${this.audience}`);
    }
    return new VerifiedToken(payload, this.skew);
  }
}

/**
 * What the first of a token's three parts says, and the bytes of the second.
 * @param {string} text
 */
function split(text) {
  if (typeof text !== "string" || text.length < shortestTokenCharacters || text.length > tokenCharacters) {
    throw new VerificationError("malformed");
  }
  const parts = text.split(".", 4);
  const [first, payload, signature] = parts.map(decode);
  const header = first && JSONObject.read(first);
  // `crit` names what a reader has to understand (RFC 7515 §4.1.11): we understand nothing of the kind.
  if (parts.length !== 3 || !payload || !signature || !header || header.has("crit")) {
    throw new VerificationError("malformed");
  }
  // RFC 9068 §4: either form, in whatever case (RFC 7515 §4.1.9).
  const type = header.string("typ")?.toLowerCase();
  if (type !== "at+jwt" && type !== "application/at+jwt") throw new VerificationError("wrong_type");
  return { header, payload };
}

/**
 * The claims; undefined when one is missing, of another type or without sense.
 * @param {Uint8Array} bytes
 * @returns {TokenPayload | undefined}
 */
function readPayload(bytes) {
  const object = JSONObject.read(bytes);
  if (!object) return undefined;
  const [iss, sub, client_id] = [object.string("iss"), object.string("sub"), object.string("client_id")];
  const [jti, sid, aud] = [object.string("jti"), object.string("sid"), object.strings("aud")];
  const [exp, iat, nbf] = [object.integer("exp"), object.integer("iat"), object.integer("nbf")];
  const [ver, gen, auth_time] = [object.integer("ver"), object.integer("gen"), object.integer("auth_time")];
  if (iss === undefined || !sub || client_id === undefined || aud === undefined) return undefined;
  if (!isIdentifier(jti) || !isIdentifier(sid)) return undefined;
  if (nbf === undefined && object.has("nbf")) return undefined;
  if (!isMoment(exp) || !isMoment(iat) || !isMoment(nbf ?? 0) || !isMoment(auth_time) || iat >= exp) return undefined;
  if (ver === undefined || ver < 0 || gen === undefined || gen < 0) return undefined;
  return { iss, sub, aud, exp, iat, nbf, jti, client_id, sid, ver, gen, auth_time };
}

/**
 * @param {number | undefined} seconds
 * @returns {seconds is number}
 */
function isMoment(seconds) {
  return seconds !== undefined && seconds >= 0 && seconds <= latestSeconds;
}
