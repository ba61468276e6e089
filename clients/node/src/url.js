/**
 * The URL that a text is, if it is one.
 * @param {unknown} text
 */
export function parseURL(text) {
  try {
    return typeof text === "string" ? new URL(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a host is this very machine, where nobody listens in between.
 * @param {string} host
 */
export function isLoopback(host) {
  return ["localhost", "127.0.0.1", "[::1]"].includes(host);
}
