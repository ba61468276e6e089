import { compactVerify, importJWK } from "jose";
import { decode } from "./base64url.js";
import { JSONObject } from "./json-object.js";
import { keys as mostKeys } from "../limits.js";

/** @typedef {import("jose").ImportedKey} ImportedKey */
/** @typedef {{ algorithm: string, jwk: Record<string, string> }} KeyForm */

/** A key set that cannot be what the authority meant. */
export class KeysFault extends Error {
  name = "KeysFault";
}

/** The authority's public keys, by their ids (RFC 7517 §5). A key fixes its algorithm (RFC 8725 §3.1). */
export class PublicKeys {
  /** @type {Map<string, { algorithm: string, text: string, key: ImportedKey }>} */
  #keys = new Map();

  /**
   * The keys of a JWKS that sign tokens.
   *
   * Keys of other kinds or for other uses are passed over (RFC 7517 §5); one of ours that is not well-formed spoils the
   * set, because then it is not known which tokens it should have let in.
   * @param {Uint8Array} bytes
   * @throws {KeysFault}
   */
  static async read(bytes) {
    const keys = new PublicKeys();
    for (const [id, { algorithm, jwk }] of readForms(bytes)) {
      try {
        const key = await importJWK(jwk, algorithm);
        keys.#keys.set(id, { algorithm, text: JSON.stringify(jwk), key });
      } catch {
        throw new KeysFault("a key is no point of its curve");
      }
    }
    return keys;
  }

  /**
   * The algorithm of the key of an id.
   * @param {string} id
   */
  algorithm(id) {
    return this.#keys.get(id)?.algorithm;
  }

  /**
   * Whether the key of an id has signed a token.
   * @param {string} id
   * @param {string} token
   */
  async hasSigned(id, token) {
    const entry = this.#keys.get(id);
    if (!entry) return false;
    try {
      await compactVerify(token, entry.key, { algorithms: [entry.algorithm] });
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Whether every key of others is here, and is the same.
   * @param {PublicKeys} others
   */
  hasAll(others) {
    return [...others.#keys].every(([id, { text }]) => this.#keys.get(id)?.text === text);
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Map<string, KeyForm>}
 */
function readForms(bytes) {
  const entries = readEntries(bytes);
  if (entries.length > mostKeys) throw new KeysFault(`there are more than ${mostKeys} keys`);
  /** @type {Map<string, KeyForm>} */
  const forms = new Map();
  for (const entry of entries) {
    const form = entry.use === undefined || entry.use === "sig" ? readForm(entry) : undefined;
    if (!form) continue;
    if (!entry.kid) throw new KeysFault("a key has no id");
    if (forms.has(entry.kid)) throw new KeysFault("two keys have one id");
    forms.set(entry.kid, form);
  }
  if (forms.size === 0) throw new KeysFault("there is no key that signs");
  return forms;
}

/**
 * The members that we read of each key (RFC 7517 §4, RFC 7518 §6.2, RFC 8037 §2).
 * @param {Uint8Array} bytes
 * @returns {Record<string, string | undefined>[]}
 */
function readEntries(bytes) {
  if (!JSONObject.read(bytes)) throw new KeysFault("the keys are no JWKS");
  const { keys } = parse(bytes);
  if (!Array.isArray(keys)) throw new KeysFault("the keys are no JWKS");
  return keys.map((key) => {
    /** @type {Record<string, string | undefined>} */
    const entry = {};
    for (const name of ["kty", "kid", "use", "alg", "crv", "x", "y", "d"]) {
      const value = key?.[name] ?? undefined;
      if (value !== undefined && typeof value !== "string") throw new KeysFault(`a key's ${name} is no text`);
      entry[name] = value;
    }
    if (entry.kty === undefined) throw new KeysFault("a key has no kty");
    return entry;
  });
}

/** @param {Uint8Array} bytes */
function parse(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new KeysFault("the keys are no JWKS");
  }
}

/**
 * What of a key matters; undefined for a key of another kind.
 * @param {Record<string, string | undefined>} entry
 * @returns {KeyForm | undefined}
 */
function readForm({ kty, crv, alg, x, y, d }) {
  /** @type {KeyForm} */
  let form;
  if (kty === "EC" && crv === "P-256") {
    form = { algorithm: "ES256", jwk: { kty, crv, x: coordinate(x), y: coordinate(y) } };
  } else if (kty === "OKP" && crv === "Ed25519") {
    form = { algorithm: "EdDSA", jwk: { kty, crv, x: coordinate(x) } };
  } else {
    return undefined;
  }
  if (alg !== undefined && alg !== form.algorithm) throw new KeysFault("a key is not of its algorithm");
  if (d !== undefined) throw new KeysFault("a private key is among the public ones");
  return form;
}

/** @param {string | undefined} text */
function coordinate(text) {
  if (text === undefined || decode(text)?.length !== 32) throw new KeysFault("a coordinate has not 32 bytes");
  return text;
}
