import { isIdentifier } from "../core/base64url.js";

/** @typedef {import("../authority/authority-client.js").SignOutScope} SignOutScope */
/** @typedef {{ accessToken: string | undefined, refreshToken: string | undefined }} ShownTokens */
/**
 * What a browser leaves behind that signed out while it could reach nobody: which session, and how far.
 * @typedef {{ scope: SignOutScope, sessionId: string }} Wish
 */

const epoch = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

/**
 * The cookies in which an application keeps a session's tokens in the browser.
 *
 * A cookie is deleted only by one of the same name, path and attributes (RFC 6265bis §5.7), so both are made here.
 */
export class BrowserCookies {
  #isSecure;
  #access;
  #refresh;
  #signingOut;

  /**
   * Over TLS they are `Secure` and have the prefix `__Host-`, so that no other host can plant or replace them, a
   * sibling subdomain neither (RFC 6265bis §4.1.3.2). Without TLS they have neither, which is for a loopback host
   * alone.
   * @param {boolean} isSecure
   */
  constructor(isSecure) {
    const prefix = isSecure ? "__Host-" : "";
    this.#isSecure = isSecure;
    this.#access = `${prefix}access`;
    this.#refresh = `${prefix}refresh`;
    this.#signingOut = `${prefix}signing-out`;
  }

  /**
   * Puts a session's tokens into the browser. They go when it is closed; when the session is over is for the authority
   * to say.
   * @param {import("../authority/session-tokens.js").SessionTokens} tokens
   */
  set({ accessToken, refreshToken }) {
    return [this.#cookie(this.#access, accessToken), this.#cookie(this.#refresh, refreshToken)];
  }

  /** Takes them out again. */
  delete() {
    return [this.#cookie(this.#access, "", epoch), this.#cookie(this.#refresh, "", epoch)];
  }

  /** Takes out what a browser has left behind that signed out while it could reach nobody. */
  deleteWish() {
    return [`${this.#signingOut}=; Path=/; SameSite=Lax${this.#isSecure ? "; Secure" : ""}; ${epoch}`];
  }

  /**
   * The tokens that a `Cookie` header brings.
   * @param {string | undefined} header
   * @returns {ShownTokens}
   */
  tokens(header) {
    return { accessToken: only(this.#access, header), refreshToken: only(this.#refresh, header) };
  }

  /**
   * What a browser left behind; "malformed" when it makes no sense.
   * @param {string | undefined} header
   * @returns {Wish | "malformed" | undefined}
   */
  wish(header) {
    const values = valuesOf(this.#signingOut, header);
    if (values.length === 0) return undefined;
    const [scope, sessionId, ...rest] = [...new Set(values)].join(" ").split(".");
    return isSignOutScope(scope) && isIdentifier(sessionId) && rest.length === 0 ? { scope, sessionId } : "malformed";
  }

  /**
   * @param {string} name
   * @param {string} value
   * @param {string} [ending]
   */
  #cookie(name, value, ending) {
    const attributes = ["Path=/", "HttpOnly", "SameSite=Lax"];
    if (this.#isSecure) attributes.push("Secure");
    if (ending) attributes.push(ending);
    return `${name}=${value}; ${attributes.join("; ")}`;
  }
}

/**
 * @param {unknown} value
 * @returns {value is SignOutScope}
 */
export function isSignOutScope(value) {
  return value === "current" || value === "others" || value === "everywhere";
}

/**
 * The value of the cookie of a name.
 *
 * Two different ones are one too many: there is no telling which is the browser's own, so none counts.
 * @param {string} name
 * @param {string | undefined} header
 */
function only(name, header) {
  const values = valuesOf(name, header);
  return values.every((value) => value === values[0]) ? values[0] || undefined : undefined;
}

/**
 * All values of the cookies of a name, without taking the rest of the header apart: this is done for every request.
 * @param {string} name
 * @param {string | undefined} header
 */
function valuesOf(name, header = "") {
  const values = [];
  const sought = `${name}=`;
  for (let at = header.indexOf(sought); at >= 0; at = header.indexOf(sought, at + 1)) {
    if (!isStartOfPair(header, at)) continue;
    const end = header.indexOf(";", at);
    values.push(header.slice(at + sought.length, end < 0 ? header.length : end).trim());
  }
  return values;
}

/**
 * Whether a cookie begins here (RFC 6265 §5.4): at the start, or behind a semicolon and perhaps white space.
 * @param {string} header
 * @param {number} at
 */
function isStartOfPair(header, at) {
  let before = at - 1;
  while (before >= 0 && (header[before] === " " || header[before] === "\t")) before -= 1;
  return before < 0 || header[before] === ";";
}

/**
 * Cookies as an answer has them already, and others that take the place of those of the same name.
 * @param {string[]} cookies
 * @param {string[]} others
 */
export function merged(cookies, others) {
  const names = new Set(others.map(cookieName));
  return [...cookies.filter((cookie) => !names.has(cookieName(cookie))), ...others];
}

/** @param {string} cookie */
function cookieName(cookie) {
  return cookie.slice(0, cookie.indexOf("="));
}

/**
 * A `Cookie` header with the tokens that `Set-Cookie`s have just put in the place of the old ones.
 * @param {string} header
 * @param {string[]} setCookies
 */
export function cookieHeader(header, setCookies) {
  const pairs = header.split(";").map((pair) => pair.trim());
  return merged(
    pairs.filter(Boolean),
    setCookies.map((cookie) => cookie.split(";", 1)[0]),
  ).join("; ");
}
