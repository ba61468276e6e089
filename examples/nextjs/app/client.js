import { createExeunt } from "exeunt-browser";

/** @type {ReturnType<typeof createExeunt> | undefined} */
let made;

/**
 * The browser's half of Exeunt, for the session that the page was made for.
 * @param {string} [session]
 */
export function exeunt(session) {
  return (made ??= createExeunt({ session, clear: { localStorage: true, caches: true } }));
}
