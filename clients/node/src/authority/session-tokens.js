import { decode } from "../core/base64url.js";
import { refreshTokenCharacters } from "../limits.js";

/**
 * What the authority hands out for a session: secrets, which belong into `HttpOnly` cookies or a server's memory. A
 * dump of it, or its JSON, shows nothing.
 */
export class SessionTokens {
  #accessToken;
  #refreshToken;
  #expiresInSeconds;

  /**
   * @param {string} accessToken
   * @param {string} refreshToken
   * @param {number} expiresInSeconds
   */
  constructor(accessToken, refreshToken, expiresInSeconds) {
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.#expiresInSeconds = expiresInSeconds;
  }

  /** What each request shows; the verifier checks it. */
  get accessToken() {
    return this.#accessToken;
  }

  /** What gets the next pair, once. */
  get refreshToken() {
    return this.#refreshToken;
  }

  /** The access token's life from now. */
  get expiresInSeconds() {
    return this.#expiresInSeconds;
  }
}

const prefix = "exr_";
/** A refresh token ends with a MAC. */
const fewestBytes = 32;

/**
 * Whether a text can be a refresh token: what it says is the authority's alone to know; but anybody can put anything
 * into a cookie, and what cannot be a token is not worth a question.
 * @param {string} text
 */
export function isRefreshTokenForm(text) {
  if (text.length > refreshTokenCharacters || !text.startsWith(prefix)) return false;
  return (decode(text.slice(prefix.length))?.length ?? 0) >= fewestBytes;
}
