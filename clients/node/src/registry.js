import { Verifier } from "./verifier.js";

/** @typedef {import("./configuration.js").VerifierOptions} VerifierOptions */

/**
 * The verifiers of this process, by what they follow.
 *
 * Bundlers give a process several copies of this module, and hot reloading one more with each change. One process
 * follows the authority once all the same, so the table is where all copies find it.
 * @returns {Map<string, Verifier>}
 */
function table() {
  const place = Symbol.for("exeunt.verifiers.0");
  const world = /** @type {Record<symbol, Map<string, Verifier>>} */ (globalThis);
  return (world[place] ??= new Map());
}

/**
 * The verifier of this process for these settings: all who say the same share one, and whoever closes it closes it for
 * all. It begins to follow the authority when it is first needed.
 * @param {VerifierOptions} options
 */
export function verifier(options) {
  const { issuer, endpoint, audience, clientId, leaseMilliseconds, clockSkewMilliseconds, cacheCapacity } = options;
  const key = JSON.stringify([
    issuer,
    endpoint ?? issuer,
    audience ?? issuer,
    clientId,
    leaseMilliseconds,
    clockSkewMilliseconds,
    cacheCapacity,
  ]);
  const verifiers = table();
  let found = verifiers.get(key);
  if (!found) {
    found = new Verifier(options, () => verifiers.delete(key));
    verifiers.set(key, found);
  }
  return found;
}
