import { setTimeout as wait } from "node:timers/promises";
import { application, cookie, express, foreign, knows, newId, options, serve, signInPage } from "./kit.js";

/** @type {Map<string, string>} */
const store = new Map();
const app = application();
const name = "__Host-shop";

app.get("/login", (_, response) => void response.send(signInPage));
app.post("/login", (request, response) => {
  if (!knows(request)) return void response.status(401).send(signInPage);
  store.delete(cookie(request, name));
  const id = newId();
  store.set(id, JSON.stringify({ name: request.body.username, seen: 0 }));
  response.cookie(name, id, options).redirect("/account");
});
app.post("/logout", (request, response) => {
  if (foreign(request)) return void response.sendStatus(403);
  store.delete(cookie(request, name));
  response.clearCookie(name, options).redirect("/login");
});

const members = express.Router();
members.use(async (request, response, next) => {
  const id = cookie(request, name);
  const session = JSON.parse(store.get(id) ?? "null");
  if (!session) return void response.redirect("/login");
  // A query that takes its time; then the session is written back with when it was seen last.
  await wait(60);
  store.set(id, JSON.stringify({ ...session, seen: Date.now() }));
  response.locals.name = session.name;
  next();
});
members.get(["/account", "/orders", "/export.csv"], (request, response) => {
  const leave = '<form method="post" action="/logout"><button>Sign out</button></form>';
  response.send(`<p>${request.path} of ${response.locals.name}</p>${leave}`);
});
app.use(members);
serve(app);
