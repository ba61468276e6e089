import { AuthorityError } from "./authority/authority-error.js";
import { basicAuthorization } from "./authority/form.js";
import {
  cachedTokens,
  clockSkewMilliseconds as usualClockSkewMilliseconds,
  longestLeaseMilliseconds,
  mostCachedTokens,
  mostClockSkewMilliseconds,
  shortestLeaseMilliseconds,
} from "./limits.js";
import { isLoopback, parseURL } from "./url.js";

/**
 * Where a verifier says what people should know: `console`, and loggers of its kind.
 * @typedef {object} Log
 * @property {(message: string) => void} info
 * @property {(message: string) => void} warn
 * @property {(message: string) => void} error
 */

/**
 * What a verifier needs to know of the authority, and how it is to check.
 * @typedef {object} VerifierOptions
 * @property {string} issuer the authority's name in its tokens (`iss`), such as `https://accounts.example.com`
 * @property {string} [endpoint] where the authority is reached, if not at its issuer's address
 * @property {string} [audience] whom the tokens must be meant for (`aud`); the issuer, unless said
 * @property {string} clientId the client that this server is to the authority, with the scope `feed`
 * @property {string} clientSecret that client's secret
 * @property {number} [leaseMilliseconds] how long a lease to ask for; the authority's usual one of 3 s, unless said
 * @property {number} [clockSkewMilliseconds] the allowed difference between this machine's clock and the authority's
 * @property {number} [cacheCapacity] how many verified tokens are remembered
 * @property {Log} [log] `console` without what is not worth reading, unless said
 */

/** @type {Log} */
const usualLog = {
  info: () => {},
  warn: (message) => console.warn(`exeunt: ${message}`),
  error: (message) => console.error(`exeunt: ${message}`),
};

/**
 * The options, checked, with what was left out.
 * @param {VerifierOptions} options
 * @throws {AuthorityError} `configuration`, when a value is not what it should be
 */
export function readOptions({
  issuer,
  endpoint = issuer,
  audience = issuer,
  clientId,
  clientSecret,
  leaseMilliseconds,
  clockSkewMilliseconds = usualClockSkewMilliseconds,
  cacheCapacity = cachedTokens,
  ...others
}) {
  check(isIssuer(issuer), "`issuer` is an https URL without a query, or http on this very machine");
  check(isEndpoint(endpoint), "`endpoint` is an https or http URL without a query");
  check(isText(audience), "`audience` is a text that is not empty");
  check(isText(clientId), "`clientId` is the id that `exeunt clients add` has printed");
  check(isText(clientSecret), "`clientSecret` is the secret that `exeunt clients add` has printed");
  const lease = leaseMilliseconds ?? shortestLeaseMilliseconds;
  check(
    isBetween(lease, shortestLeaseMilliseconds, longestLeaseMilliseconds),
    `\`leaseMilliseconds\` is a whole number between ${shortestLeaseMilliseconds} and ${longestLeaseMilliseconds}`,
  );
  check(
    isBetween(clockSkewMilliseconds, 0, mostClockSkewMilliseconds),
    `\`clockSkewMilliseconds\` is a whole number between 0 and ${mostClockSkewMilliseconds}`,
  );
  check(
    isBetween(cacheCapacity, 0, mostCachedTokens),
    `\`cacheCapacity\` is a whole number between 0 and ${mostCachedTokens}`,
  );
  return {
    issuer,
    audience,
    base: endpoint.replace(/\/+$/, ""),
    clientId,
    authorization: basicAuthorization(clientId, clientSecret),
    leaseMilliseconds,
    clockSkewMilliseconds,
    cacheCapacity,
    log: readLog(others),
  };
}

/** @param {{ log?: Log }} options */
export function readLog({ log = usualLog }) {
  return log;
}

/**
 * @param {boolean} isSo
 * @param {string} what
 */
export function check(isSo, what) {
  if (!isSo) throw new AuthorityError("configuration", what);
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === "string" && value !== "";
}

/**
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function isBetween(value, least, most) {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** @param {unknown} text */
function isEndpoint(text) {
  const url = plainURL(text);
  return url !== undefined && ["https:", "http:"].includes(url.protocol);
}

/** @param {unknown} text */
function isIssuer(text) {
  const url = plainURL(text);
  return url !== undefined && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)));
}

/** @param {unknown} text */
function plainURL(text) {
  const url = parseURL(text);
  return url && /^[^?#]*$/.test(String(text)) && !url.username && !url.password ? url : undefined;
}
