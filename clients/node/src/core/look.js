import { VerificationError } from "./verification-error.js";

/** @typedef {import("./lease.js").ClockReading} ClockReading */
/** @typedef {import("./token-rules.js").TokenRules} TokenRules */
/** @typedef {import("./verifier-state.js").VerifierState} VerifierState */

/**
 * Who shows an access token, as far as is known now, with nobody asked.
 *
 * A signature is checked beside everything else that goes on; if a key goes meanwhile, it is checked anew.
 * @param {string} text
 * @param {VerifierState} state
 * @param {TokenRules} rules
 * @param {() => ClockReading} reading
 * @throws {VerificationError}
 */
export async function look(text, state, rules, reading) {
  for (;;) {
    const identity = state.check(text, reading());
    if (identity) return identity;
    const { keys, generation } = state;
    const token = await rules.read(text, keys).catch((error) => {
      // Without a lease the keys may be old, or not there yet.
      const isKnown = error.code !== "unknown_key" || state.follower.hasLease(reading());
      throw isKnown ? error : new VerificationError("stale");
    });
    const admitted = state.admit(text, token, generation, reading());
    if (admitted) return admitted;
  }
}
