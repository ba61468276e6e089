import { Buffer } from "node:buffer";

/** Sixteen bytes: 21 characters of six bits, and one of which only two count. */
const identifier = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/**
 * The bytes of a text in base64url without padding (RFC 4648 §5), or undefined when it is not in its one canonical
 * form.
 *
 * Padding, foreign characters and stray bits in the last character are refused, so that two different texts never name
 * the same bytes.
 * @param {string} text
 * @returns {Buffer | undefined}
 */
export function decode(text) {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

/**
 * Whether a text is the name of a session (`sid`), of one token (`jti`), of a verifier or of a node.
 * @param {unknown} text
 * @returns {text is string}
 */
export function isIdentifier(text) {
  return typeof text === "string" && identifier.test(text);
}
