/**
 * The verifier, and the authority as an application's server calls it.
 *
 * `exeunt/express` and `exeunt/next` are made of it.
 */
export { AuthorityClient } from "./authority/authority-client.js";
export { AuthorityError } from "./authority/authority-error.js";
export { SessionTokens } from "./authority/session-tokens.js";
export { VerificationError } from "./core/verification-error.js";
export { TooManyWatchersError } from "./core/verifier-state.js";
export { verifier } from "./registry.js";
export { Verifier } from "./verifier.js";
