/** Notes of one person, and characters of one note: it is only memory. */
const most = 100;
const longest = 500;

/** Everybody's notes, for as long as the process runs. */
export class Notes {
  /** @type {Map<string, string[]>} */
  #notes = new Map();

  /** @param {string} subject */
  of(subject) {
    return this.#notes.get(subject) ?? [];
  }

  /**
   * @param {string} text
   * @param {string} subject
   */
  add(text, subject) {
    this.#notes.set(subject, [text.slice(0, longest), ...this.of(subject)].slice(0, most));
  }
}
