import { Buffer } from "node:buffer";

/**
 * A text as a form or a path has it, with every character escaped that could mean something.
 * @param {string} text
 */
export function formEncoded(text) {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The header with which a client shows who it is (RFC 6749 §2.3.1: each of both is encoded as in a form first).
 * @param {string} id
 * @param {string} secret
 */
export function basicAuthorization(id, secret) {
  return `Basic ${Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString("base64")}`;
}
