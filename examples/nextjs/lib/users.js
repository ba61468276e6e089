/**
 * Who may sign in: the application's own business, which Exeunt has no part in.
 *
 * A real one keeps hashes of passwords and slows down who guesses. This one has `name:password` pairs.
 * @param {string | undefined} name
 * @param {string | undefined} password
 * @param {string} users
 */
export function isRight(name, password, users = process.env.NOTES_PASSWORDS ?? "") {
  return Boolean(name) && users.split(" ").includes(`${name}:${password}`);
}
