import { bearerToken } from "./call.js";
import { check } from "../configuration.js";
import { isLoopback, parseURL } from "../url.js";

/** @typedef {import("./call.js").Call} Call */

const harmless = ["GET", "HEAD", "OPTIONS", "TRACE"];

/** Where an application's pages are; what changes something must come from one of them. */
export class Origins {
  #origins;

  /**
   * @param {string[]} origins such as `https://notes.example.com`
   * @throws {import("../authority/authority-error.js").AuthorityError} `configuration`
   */
  constructor(origins) {
    const urls = Array.isArray(origins) ? origins.map(parseURL) : [];
    check(
      urls.length > 0 && urls.every((url, index) => url?.origin === origins[index]),
      "`origins` are the addresses of the application's own pages as browsers have them, such as " +
        '["https://notes.example.com"], without a slash at the end',
    );
    const secure = urls.filter((url) => url?.protocol === "https:");
    check(
      secure.length === urls.length || (secure.length === 0 && urls.every((url) => url && isLoopback(url.hostname))),
      "`origins` are all https, or all http on this very machine",
    );
    this.#origins = new Set(origins);
    /** Whether browsers reach the application over TLS. */
    this.isSecure = secure.length > 0;
  }

  /**
   * Whether a request may change something: a browser adds its cookies to requests that other sites make as well.
   *
   * The browser says where a request comes from: `Sec-Fetch-Site` (W3C Fetch Metadata §2.3), or `Origin` (RFC 6454 §7)
   * where it sends none of those. With neither there is no telling, so it may not, unless it brings a bearer token,
   * which no browser adds by itself.
   * @param {Call} call
   */
  allows(call) {
    if (harmless.includes(call.method) || bearerToken(call) !== undefined) return true;
    const site = call.header("sec-fetch-site");
    if (site !== undefined) return site === "same-origin" || site === "none";
    return this.#origins.has(call.header("origin") ?? "");
  }
}
