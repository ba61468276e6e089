import { BodyError, readFields } from "../web/body.js";
import { bodyBytes } from "../limits.js";

/**
 * A request, as far as the framework-free half wants to know.
 * @param {Request} request
 * @returns {import("../web/call.js").Call}
 */
export function callOf(request) {
  return {
    method: request.method,
    header: (name) => request.headers.get(name) ?? undefined,
    fields: async () => readFields(request.headers.get("content-type") ?? undefined, await textOf(request)),
  };
}

/** @param {Request} request */
async function textOf(request) {
  let text = "";
  let size = 0;
  const decoder = new TextDecoder();
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length;
    if (size > bodyBytes) throw new BodyError(413, `The body has more than ${bodyBytes} bytes.`);
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The cookies of a request as Next's `cookies()` has them.
 * @typedef {{ getAll: () => { name: string, value: string }[] }} CookieStore
 */

/**
 * A request of which nothing is known but its cookies.
 * @param {CookieStore} store
 * @returns {import("../web/call.js").Call}
 */
export function callOfCookies(store) {
  const cookie = store
    .getAll()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  return {
    method: "GET",
    header: (name) => (name === "cookie" ? cookie : undefined),
    fields: async () => ({}),
  };
}
