import { randomBytes } from "node:crypto";

/**
 * Who may sign in: the application's own business, which Exeunt has no part in.
 *
 * A real one keeps hashes of passwords and slows down who guesses.
 */
export class Users {
  /** @type {Map<string, string>} */
  #passwords = new Map();

  /** @param {string} [text] such as `ada:secret grace:secret`; passwords are made up without it */
  constructor(text = ["ada", "grace"].map((name) => `${name}:${randomBytes(6).toString("hex")}`).join(" ")) {
    for (const entry of text.split(" ").filter(Boolean)) {
      const colon = entry.indexOf(":");
      this.#passwords.set(entry.slice(0, colon), entry.slice(colon + 1));
    }
  }

  /**
   * @param {string} name
   * @param {string} password
   */
  isRight(name, password) {
    return this.#passwords.get(name) === password;
  }

  /**
   * @param {string} name
   * @param {string} password
   */
  change(name, password) {
    this.#passwords.set(name, password);
  }

  get announcement() {
    return `Sign in as ${[...this.#passwords].map((pair) => pair.join(" with ")).join(", or as ")}`;
  }
}
