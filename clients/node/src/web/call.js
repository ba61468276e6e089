/**
 * A request of whatever framework, as far as it matters here.
 * @typedef {object} Call
 * @property {string} method
 * @property {(name: string) => string | undefined} header the value of a header, by its name in lower case
 * @property {() => Promise<Record<string, unknown>>} fields the members of its form or JSON body
 */

/**
 * Whether a request only fetches what may be wanted later: it ends nothing and changes no token, because nobody may
 * ever look at its answer.
 *
 * Browsers say so, and so does Next's router. A middleware does not get to see that of the router, only that a request
 * is the router's (`next-url`); so each of those may be one.
 * @param {Call} call
 */
export function isPrefetch({ method, header }) {
  if (["sec-purpose", "purpose", "x-moz"].some((name) => /\bprefetch\b/i.test(header(name) ?? ""))) return true;
  if (header("next-router-prefetch") !== undefined) return true;
  return method === "GET" && header("next-url") !== undefined;
}

/**
 * Whether a request asks for a whole page that takes the place of the one before.
 * @param {Call} call
 */
export function isNavigation({ method, header }) {
  if (method !== "GET" && method !== "HEAD") return false;
  const mode = header("sec-fetch-mode");
  return mode === undefined ? /\btext\/html\b/i.test(header("accept") ?? "") : mode === "navigate";
}

/**
 * Whether whoever asks is a script, and not a form.
 * @param {Call} call
 */
export function wantsJSON({ header }) {
  return /\bapplication\/json\b/i.test(header("accept") ?? "");
}

/**
 * The token of an `Authorization` of the scheme Bearer (RFC 6750 §2.1), which may be empty; undefined without one.
 * @param {Call} call
 */
export function bearerToken({ header }) {
  return /^bearer(?: +(.*))?$/i.exec(header("authorization") ?? "")?.slice(1).map((token) => token ?? "")[0];
}
