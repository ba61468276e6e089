/** @typedef {import("../authority/authority-client.js").AuthorityClient} AuthorityClient */
/** @typedef {import("../authority/authority-client.js").Receipt} Receipt */
/** @typedef {import("../authority/authority-client.js").SignOutScope} SignOutScope */

/** @type {Receipt} */
const nothing = { endedSessions: 0, isSettled: true, settledAfterMilliseconds: 0, settlesBy: null };

/**
 * Ends the session of a browser's tokens at the authority. Either token will do; but the one may be junk while the
 * other is not. If it throws, the session is to be taken as still live.
 * @param {AuthorityClient} authority
 * @param {import("./cookies.js").ShownTokens} tokens
 * @param {SignOutScope} scope
 * @returns {Promise<Receipt>}
 */
export async function endSession(authority, { refreshToken, accessToken }, scope) {
  let receipt = nothing;
  for (const token of [refreshToken, accessToken]) {
    if (token && receipt.endedSessions === 0) receipt = await authority.signOut(token, { scope });
  }
  return receipt;
}

/**
 * A receipt as browsers' scripts read it.
 * @param {Receipt} receipt
 */
export function receiptBody({ endedSessions, isSettled, settledAfterMilliseconds, settlesBy }) {
  return {
    ended_sessions: endedSessions,
    settled: isSettled,
    settled_after_ms: settledAfterMilliseconds,
    settles_by: settlesBy,
  };
}
