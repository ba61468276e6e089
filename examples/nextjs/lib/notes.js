/** Notes of one person, and characters of one note: it is only memory. */
const most = 100;
const longest = 500;

/** Everybody's notes, for as long as the process runs, and in one place for all bundles of it. */
const notes = /** @type {Map<string, string[]>} */ ((globalThis[Symbol.for("notes")] ??= new Map()));

/** @param {string} subject */
export function notesOf(subject) {
  return notes.get(subject) ?? [];
}

/**
 * @param {string} text
 * @param {string} subject
 */
export function addNote(text, subject) {
  notes.set(subject, [text.slice(0, longest), ...notesOf(subject)].slice(0, most));
}
