// A shop with sessions in memory, right as it is; what teams get wrong is among its choices.
import { application, cookie, foreign, knows, membersOnly, newId, options, signInPage } from "./kit.js";

/**
 * @param {{
 *   name?: string,
 *   id?: () => string,
 *   cookie?: import("express").CookieOptions,
 *   leave?: (response: import("express").Response) => void,
 * }} choices
 */
export function shop(choices = {}) {
  const name = choices.name ?? "__Host-shop";
  const set = choices.cookie ?? options;
  /** @type {Map<string, string>} */
  const sessions = new Map();
  const app = application();
  app.get("/login", (_, response) => void response.send(signInPage));
  app.post("/login", (request, response) => {
    if (!knows(request)) return void response.status(401).send(signInPage);
    sessions.delete(cookie(request, name));
    const id = (choices.id ?? newId)();
    sessions.set(id, request.body.username);
    response.cookie(name, id, set).redirect("/account");
  });
  app.post("/logout", (request, response) => {
    if (foreign(request)) return void response.sendStatus(403);
    sessions.delete(cookie(request, name));
    choices.leave?.(response);
    response.clearCookie(name, set).redirect("/login");
  });
  membersOnly(app, (request) => sessions.get(cookie(request, name)));
  return app;
}
