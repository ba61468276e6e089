import { createHmac, timingSafeEqual } from "node:crypto";
import { application, cookie, foreign, knows, membersOnly, newId, options, serve, signInPage } from "./kit.js";

const key = newId();
const app = application();

/** @param {string} text */
const sealed = (text) => createHmac("sha256", key).update(text).digest("base64url");

/** @param {string} name */
function signed(name) {
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url");
  const claims = { sub: name, jti: newId(), exp: Math.floor(Date.now() / 1000) + 3600 };
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${header}.${body}.${sealed(`${header}.${body}`)}`;
}

/** @param {string} token */
function holder(token) {
  const [header, body, seal] = token.split(".");
  if (!header || !body || !seal) return undefined;
  const [given, right] = [Buffer.from(seal), Buffer.from(sealed(`${header}.${body}`))];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  return claims.exp > Date.now() / 1000 ? claims.sub : undefined;
}

app.get("/login", (_, response) => void response.send(signInPage));
app.post("/login", (request, response) => {
  if (!knows(request)) return void response.status(401).send(signInPage);
  response.cookie("__Host-token", signed(request.body.username), options).redirect("/account");
});
app.post("/logout", (request, response) => {
  if (foreign(request)) return void response.sendStatus(403);
  response.clearCookie("__Host-token", options).redirect("/login");
});
membersOnly(app, (request) => holder(cookie(request, "__Host-token")));
serve(app);
