import { isWellFormed } from "./text.js";
import { jsonDepth, jsonMembers } from "../limits.js";

/** @typedef {{ kind: "string", start: number, end: number, hasEscapes: boolean }} StringValue */
/** @typedef {{ kind: "strings", values: StringValue[] }} StringsValue */
/** @typedef {StringValue | StringsValue | { kind: "integer", number: number } | { kind: "other" }} Value */

const other = /** @type {const} */ ({ kind: "other" });
const quote = 0x22;
const backslash = 0x5c;
const words = ["true", "false", "null"].map((word) => new TextEncoder().encode(word));

/**
 * One JSON object (RFC 8259), read strictly: it is all there is, and no name stands in it twice.
 *
 * Of two members of one name readers take this one or that one, and then two of them disagree about what was signed
 * (RFC 7515 §4, RFC 8725 §2.4). Names with escapes are taken for a trick: no name of ours needs one. What the objects
 * and arrays in it have is passed over.
 */
export class JSONObject {
  /** @type {Uint8Array} */ #bytes;
  /** @type {Map<string, Value>} */ #members;

  /**
   * @param {Uint8Array} bytes
   * @param {Map<string, Value>} members
   */
  constructor(bytes, members) {
    this.#bytes = bytes;
    this.#members = members;
  }

  /**
   * The object, or undefined when the bytes are not one.
   * @param {Uint8Array} bytes
   */
  static read(bytes) {
    const members = new Reader(bytes).whole();
    return members && new JSONObject(bytes, members);
  }

  /** @param {string} name */
  has(name) {
    return this.#members.has(name);
  }

  /**
   * A member that is a string.
   * @param {string} name
   */
  string(name) {
    const value = this.#members.get(name);
    return value?.kind === "string" ? this.#text(value) : undefined;
  }

  /**
   * A member that is a string, or an array of nothing but strings.
   * @param {string} name
   */
  strings(name) {
    const value = this.#members.get(name);
    const parts = value?.kind === "string" ? [value] : value?.kind === "strings" ? value.values : undefined;
    const texts = parts?.map((part) => this.#text(part)).filter((text) => text !== undefined);
    return texts?.length === parts?.length ? /** @type {string[] | undefined} */ (texts) : undefined;
  }

  /**
   * A member that is a whole number, written without fraction and exponent, and exact in JavaScript.
   * @param {string} name
   */
  integer(name) {
    const value = this.#members.get(name);
    return value?.kind === "integer" ? value.number : undefined;
  }

  /** @param {StringValue} value */
  #text({ start, end, hasEscapes }) {
    try {
      const text = utf8.decode(this.#bytes.subarray(start, end));
      const plain = hasEscapes ? /** @type {string} */ (JSON.parse(`"${text}"`)) : text;
      return isWellFormed(plain) ? plain : undefined;
    } catch {
      return undefined;
    }
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

/** Where the reading is; each verb reads on, and gives undefined or false for what JSON does not have there. */
class Reader {
  #index = 0;
  /** @type {Uint8Array} */ #bytes;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  whole() {
    /** @type {Map<string, Value>} */
    const members = new Map();
    const isRead = this.#list("{", "}", () => {
      const name = this.#string();
      if (!name || name.hasEscapes || members.size === jsonMembers) return false;
      // Byte for byte: two names that are no UTF-8 must not become one.
      const text = latin1.decode(this.#bytes.subarray(name.start, name.end));
      if (members.has(text) || !this.#take(":")) return false;
      const value = this.#value(1);
      if (value) members.set(text, value);
      return value !== undefined;
    });
    this.#skipSpace();
    return isRead && this.#index === this.#bytes.length ? members : undefined;
  }

  /**
   * @param {number} depth
   * @returns {Value | undefined}
   */
  #value(depth) {
    this.#skipSpace();
    const byte = this.#bytes[this.#index];
    if (depth > jsonDepth || byte === undefined) return undefined;
    if (byte === quote) return this.#string();
    if (byte === 0x2d || isDigit(byte)) return this.#number();
    if (byte === 0x5b) return this.#array(depth);
    if (byte === 0x7b) return this.#list("{", "}", () => this.#member(depth)) ? other : undefined;
    return words.some((word) => this.#word(word)) ? other : undefined;
  }

  /** @param {number} depth */
  #member(depth) {
    return this.#string() !== undefined && this.#take(":") && this.#value(depth + 1) !== undefined;
  }

  /**
   * @param {number} depth
   * @returns {Value | undefined}
   */
  #array(depth) {
    /** @type {StringValue[]} */
    const values = [];
    let areStrings = true;
    const isRead = this.#list("[", "]", () => {
      const value = this.#value(depth + 1);
      if (value?.kind === "string") values.push(value);
      else areStrings = false;
      return value !== undefined;
    });
    if (!isRead) return undefined;
    return areStrings ? { kind: "strings", values } : other;
  }

  /**
   * A list of what `element` reads, between two brackets, with commas.
   * @param {string} open
   * @param {string} close
   * @param {() => boolean} element
   */
  #list(open, close, element) {
    if (!this.#take(open)) return false;
    if (this.#take(close)) return true;
    do {
      if (!element()) return false;
    } while (this.#take(","));
    return this.#take(close);
  }

  /** @returns {StringValue | undefined} */
  #string() {
    if (!this.#take('"')) return undefined;
    const start = this.#index;
    let hasEscapes = false;
    for (; this.#index < this.#bytes.length && this.#bytes[this.#index] !== quote; this.#index += 1) {
      if (this.#bytes[this.#index] < 0x20) return undefined;
      if (this.#bytes[this.#index] === backslash) {
        hasEscapes = true;
        this.#index += 1;
      }
    }
    if (this.#index >= this.#bytes.length) return undefined;
    this.#index += 1;
    return { kind: "string", start, end: this.#index - 1, hasEscapes };
  }

  /**
   * A number (RFC 8259 §6); one with a fraction or an exponent, or that is not exact, is of no use to us.
   * @returns {Value | undefined}
   */
  #number() {
    const start = this.#index;
    this.#take("-", false);
    const first = this.#bytes[this.#index];
    const digits = this.#digits();
    if (digits === 0 || (first === 0x30 && digits > 1)) return undefined;
    const end = this.#index;
    if (this.#take(".", false) && this.#digits() === 0) return undefined;
    if (this.#take("e", false) || this.#take("E", false)) {
      if (!this.#take("+", false)) this.#take("-", false);
      if (this.#digits() === 0) return undefined;
    }
    if (this.#index !== end) return other;
    const number = Number(latin1.decode(this.#bytes.subarray(start, end)));
    return Number.isSafeInteger(number) ? { kind: "integer", number } : other;
  }

  /** How many digits there are. */
  #digits() {
    const start = this.#index;
    while (isDigit(this.#bytes[this.#index])) this.#index += 1;
    return this.#index - start;
  }

  /** @param {Uint8Array} word */
  #word(word) {
    const isThere = word.every((byte, offset) => this.#bytes[this.#index + offset] === byte);
    if (isThere) this.#index += word.length;
    return isThere;
  }

  /** @param {string} character */
  #take(character, afterSpace = true) {
    if (afterSpace) this.#skipSpace();
    if (this.#bytes[this.#index] !== character.charCodeAt(0)) return false;
    this.#index += 1;
    return true;
  }

  #skipSpace() {
    while (isSpace(this.#bytes[this.#index])) this.#index += 1;
  }
}

/** @param {number | undefined} byte */
function isDigit(byte) {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** @param {number | undefined} byte */
function isSpace(byte) {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
