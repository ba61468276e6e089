import { AuthorityError } from "./authority-error.js";
import { longestRetryAfterSeconds, retryAfterSeconds } from "../limits.js";

/** @typedef {import("./connections.js").RawAnswer} RawAnswer */

/**
 * Throws unless an answer's status is one of these; `scope` is what the question takes.
 * @param {RawAnswer} answer
 * @param {{ scope: string | undefined, clientId: string }} asked
 * @param {number[]} expected
 */
export function expect(answer, { scope, clientId }, ...expected) {
  const { status } = answer;
  if (expected.includes(status)) return;
  const problem = jsonObject(answer);
  if (status === 400 && problem?.error === "invalid_grant") {
    throw new AuthorityError("credential_over", "the credential is not accepted: sign in again", { status });
  }
  if (status === 401) {
    throw new AuthorityError(
      "client_refused",
      `the authority does not know client ${clientId} or its secret is another one: check both against ` +
        "`exeunt clients list`, or make a new one with `exeunt clients add`",
      { status },
    );
  }
  if (status === 403) {
    throw new AuthorityError(
      "scope_missing",
      `client ${clientId} may not do that: make one that may with ` +
        `\`exeunt clients add NAME${scope ? ` --scope ${scope}` : ""}\`, and the other scopes that it needs`,
      { status },
    );
  }
  if (status === 429 || status >= 500) {
    throw new AuthorityError("unavailable", `the authority cannot do it now (${status}); try again in a moment`, {
      status,
      retryAfterSeconds: retryAfter(answer) ?? retryAfterSeconds,
    });
  }
  const why = [problem?.detail, problem?.title, problem?.error_description, problem?.error].find(Boolean);
  throw new AuthorityError(
    status === 404 ? "not_found" : "refused",
    `the authority refuses (${status}): ${why ?? "no reason given"}`,
    { status },
  );
}

/**
 * The object that the body is.
 * @param {RawAnswer} answer
 * @returns {Record<string, any>}
 * @throws {AuthorityError} `unreachable`
 */
export function json(answer) {
  const object = jsonObject(answer);
  if (!object) throw notUnderstood();
  return object;
}

/** What is said of an answer that makes no sense. */
export function notUnderstood(what = "the authority's answer") {
  return new AuthorityError(
    "unreachable",
    `${what} cannot be understood: is \`endpoint\` the authority's address, and this package as new as it is?`,
  );
}

/**
 * @param {RawAnswer} answer
 * @returns {Record<string, any> | undefined}
 */
function jsonObject({ body }) {
  try {
    const value = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {RawAnswer} answer */
function retryAfter({ headers }) {
  const text = headers["retry-after"] ?? "";
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), longestRetryAfterSeconds) : undefined;
}
