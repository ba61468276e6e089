import { Buffer } from "node:buffer";
import { BodyError, readFields } from "../web/body.js";
import { bodyBytes } from "../limits.js";

/** @typedef {import("../core/verified-token.js").Identity} Identity */
/** @typedef {import("./app-session.js").AppSession} AppSession */
/**
 * A request of Express or Connect, with what others have put on it.
 * @typedef {import("node:http").IncomingMessage & {
 *   originalUrl?: string, body?: unknown, ip?: string, session?: AppSession, exeunt?: Readonly<Identity>
 * }} Request
 */
/** @typedef {import("node:http").ServerResponse & { flush?: () => void }} Response */
/** @typedef {(error?: unknown) => void} Next */

/**
 * A request, as far as the framework-free half wants to know.
 * @param {Request} req
 * @returns {import("../web/call.js").Call}
 */
export function callOf(req) {
  return {
    method: req.method ?? "GET",
    header: (name) => {
      const value = req.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    fields: () => fieldsOf(req),
  };
}

/**
 * The members of a form or a JSON body, read here unless a body parser has done so already.
 * @param {Request} req
 * @returns {Promise<Record<string, unknown>>}
 */
async function fieldsOf(req) {
  if (typeof req.body === "object" && req.body !== null && Object.keys(req.body).length > 0) {
    return /** @type {Record<string, unknown>} */ (req.body);
  }
  if (req.readableEnded) return {};
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    // It is read to its end all the same: to stop would close the connection before it is told why.
    if (size <= bodyBytes) chunks.push(chunk);
  }
  if (size > bodyBytes) throw new BodyError(413, `The body has more than ${bodyBytes} bytes.`);
  return readFields(req.headers["content-type"], Buffer.concat(chunks).toString("utf8"));
}
