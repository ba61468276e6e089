/** A body that cannot be read, with the status that says so. */
export class BodyError extends Error {
  name = "BodyError";

  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * The members of a form or of a JSON object; those of a form that stand twice are arrays.
 * @param {string | undefined} contentType
 * @param {string} text
 * @returns {Record<string, unknown>}
 * @throws {BodyError}
 */
export function readFields(contentType, text) {
  if (text === "") return {};
  const type = contentType?.split(";", 1)[0].trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    const form = new URLSearchParams(text);
    return Object.fromEntries(
      [...form.keys()].map((name) => {
        const values = form.getAll(name);
        return [name, values.length === 1 ? values[0] : values];
      }),
    );
  }
  if (type !== "application/json") throw new BodyError(415, "Send a form or JSON.");
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new BodyError(400, "The body is not a JSON object.");
}
