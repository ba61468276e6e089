// What the small Express applications here share: their one user, their pages, cookies, and being served.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";

// Express is where scripts/node-modules.sh has put it for the example.
const require = createRequire(new URL("../../../../examples/express/package.json", import.meta.url));
/** @type {typeof import("express").default} */
export const express = require("express");

/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */

const [user, password] = [process.env.SHOP_USER, process.env.SHOP_PASSWORD];

export const newId = () => randomBytes(32).toString("base64url");

/**
 * Whether the name and the password in a request are right.
 * @param {Request} request
 */
export const knows = (request) => request.body?.username === user && request.body?.password === password;

/**
 * Whether a request does not say that it comes from a page of this site.
 * @param {Request} request
 */
export const foreign = (request) => request.get("origin") !== `${request.protocol}://${request.get("host")}`;

/**
 * The value of a cookie.
 * @param {Request} request
 * @param {string} name
 */
export function cookie(request, name) {
  const pairs = String(request.get("cookie") ?? "").split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

/** @type {import("express").CookieOptions} */
export const options = { secure: true, httpOnly: true, sameSite: "lax", path: "/" };

/** An application that reads forms and JSON, and of which nothing is kept by browsers. */
export function application() {
  const app = express();
  app.use((_, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  app.use(express.urlencoded({ extended: false }), express.json());
  return app;
}

export const signInPage =
  '<!doctype html><title>Sign in</title><form method="post" action="/login"><input name="username">' +
  '<input name="password" type="password"><button>Sign in</button></form>';

/**
 * The pages of those who are signed in.
 * @param {import("express").Router} app
 * @param {(request: Request) => string | undefined | Promise<string | undefined>} who
 */
export function membersOnly(app, who) {
  for (const path of ["/account", "/orders", "/export.csv"]) {
    app.get(path, async (request, response) => {
      const name = await who(request);
      if (!name) return void response.redirect("/login");
      response.send(`<p>${path} of ${name}</p><form method="post" action="/logout"><button>Sign out</button></form>`);
    });
  }
}

/**
 * Serves an application, and tells its port.
 * @param {import("express").Router} app
 */
export function serve(app) {
  const server = app.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address && typeof address === "object") console.log(address.port);
  });
  // It ends with the one that started it.
  process.stdin.resume().on("end", () => process.exit());
}
