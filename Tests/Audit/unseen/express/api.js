// An API with refresh tokens in a table whose queries take their time; right as it is.
import { setTimeout as wait } from "node:timers/promises";
import { application, knows, newId } from "./kit.js";

/** @typedef {{ owner: string, family: string, access: string, spent: boolean }} Row */

/**
 * @param {{
 *   whole?: boolean,
 *   access?: (family: string) => string,
 *   family?: (token: string) => string | undefined,
 *   keys?: (app: import("express").Router) => void,
 * }} choices whether a refresh is one transaction; how access tokens are made and read
 */
export function api(choices = {}) {
  const { whole = true, access = (family) => `${family}.${newId()}`, family = (token) => token.split(".")[0] } = choices;
  /** @type {Map<string, Row>} */
  const rows = new Map();
  /** @type {Map<string, string>} */
  const families = new Map();
  const app = application();

  /** @param {string} owner @param {string} of */
  function handOut(owner, of) {
    const refresh = newId();
    rows.set(refresh, { owner, family: of, access: access(of), spent: false });
    return { access: rows.get(refresh)?.access, refresh };
  }

  /** @param {string} of */
  function end(of) {
    families.delete(of);
    for (const [token, row] of rows) if (row.family === of) rows.delete(token);
  }

  app.post("/api/login", (request, response) => {
    if (!knows(request)) return void response.status(401).json({ error: "wrong" });
    const of = newId();
    families.set(of, request.body.username);
    response.json(handOut(request.body.username, of));
  });
  app.post("/api/refresh", async (request, response) => {
    const row = rows.get(request.body?.refresh);
    if (!row) return void response.status(401).json({ error: "invalid_grant" });
    if (row.spent) {
      end(row.family);
      return void response.status(401).json({ error: "invalid_grant" });
    }
    row.spent = true;
    await wait(120);
    if (whole && !families.has(row.family)) return void response.status(401).json({ error: "invalid_grant" });
    families.set(row.family, row.owner);
    response.json(handOut(row.owner, row.family));
  });
  app.post("/api/logout", (request, response) => {
    const of = family((request.get("authorization") ?? "").slice(7)) ?? rows.get(request.body?.refresh)?.family;
    if (of) end(of);
    response.sendStatus(204);
  });
  choices.keys?.(app);
  app.get("/api/:what", (request, response) => {
    const owner = families.get(family((request.get("authorization") ?? "").slice(7)) ?? "");
    if (!owner) return void response.status(401).json({ error: "unauthorized" });
    if (!["me", "orders", "letters"].includes(request.params.what)) return void response.sendStatus(404);
    response.json({ owner, [request.params.what]: [1, 2, 3] });
  });
  return app;
}
