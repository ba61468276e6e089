/**
 * Whether a text has no half of a surrogate pair by itself: such a text has no UTF-8, so nobody else can have meant it.
 * @param {string} text
 */
export function isWellFormed(text) {
  return !/\p{Surrogate}/u.test(text);
}
