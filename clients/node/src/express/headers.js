import { merged } from "../web/cookies.js";

/** @typedef {import("./visit.js").Response} Response */

/**
 * @param {Response} res
 * @param {Record<string, string>} headers
 */
export function putHeaders(res, headers) {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
}

/**
 * @param {Response} res
 * @param {string[]} cookies
 */
export function putCookies(res, cookies) {
  if (cookies.length === 0) return;
  const before = [res.getHeader("Set-Cookie") ?? []].flat().map(String);
  res.setHeader("Set-Cookie", merged(before, cookies));
  res.setHeader("Cache-Control", "no-store");
}
