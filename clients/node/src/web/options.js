import { check, readLog } from "../configuration.js";
import { verifier } from "../registry.js";
import { ownPlace } from "./answers.js";
import { BrowserCookies } from "./cookies.js";
import { Gate } from "./gate.js";
import { Origins } from "./origins.js";
import { Routes } from "./routes.js";

/**
 * What an adapter needs to know beside what its verifier does.
 * @typedef {object} SiteOptions
 * @property {string[]} origins the addresses of the application's own pages as browsers have them, such as
 *   `https://notes.example.com`; whether the cookies are `Secure` follows from them
 * @property {string} [afterSignOut] the page that a form that signs out leads to, unless it says; `/`, unless said
 */
/** @typedef {import("../configuration.js").VerifierOptions & SiteOptions} AdapterOptions */

/**
 * The parts that every adapter is made of.
 * @param {AdapterOptions} options
 */
export function site({ origins: places, afterSignOut = "/", ...options }) {
  const origins = new Origins(places);
  check(ownPlace(afterSignOut, "") !== "", "`afterSignOut` is a path of the application, such as `/signed-out`");
  const cookies = new BrowserCookies(origins.isSecure);
  const log = readLog(options);
  const shared = verifier(options);
  const routes = new Routes({ authority: shared.authority, cookies, origins, afterSignOut, log });
  return { verifier: shared, gate: new Gate(shared, cookies, log), cookies, origins, routes };
}
