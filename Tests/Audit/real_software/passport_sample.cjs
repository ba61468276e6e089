// Passport as its guide shows it, on Express, with sessions in memory or whole in a signed cookie.
//   node passport_sample.cjs memory | cookie
// It prints its port and serves until it is stopped. Debian packages neither express-session nor cookie-session, so the
// two dozen lines that take their place are ours, on the package that cookie-session itself is made on; the cookies'
// attributes are that package's defaults.
const express = require("express");
const passport = require("passport");
const Cookies = require("cookies");
const { randomBytes } = require("node:crypto");

const USER = "ada";
const PASSWORD = "correct horse 1815";
const keys = [randomBytes(32).toString("hex")];
const kind = process.argv[2];

/** What Passport asks of a session, beside its values: to be saved, and to be begun anew. */
class Session {
  constructor(values, save, regenerate) {
    Object.assign(this, values);
    Object.defineProperty(this, "save", { value: (done) => (save(this), done()) });
    Object.defineProperty(this, "regenerate", { value: (done) => (regenerate(), done()) });
  }
}

/** Sessions in memory: a signed cookie has their id. */
function memorySessions() {
  const store = new Map();
  return (request, response, next) => {
    const cookies = new Cookies(request, response, { keys });
    let id = cookies.get("connect.sid", { signed: true });
    const save = (session) => {
      if (!store.has(id)) {
        id = randomBytes(24).toString("base64url");
        cookies.set("connect.sid", id, { signed: true });
      }
      store.set(id, JSON.stringify(session));
    };
    const begin = () => {
      request.session = new Session(JSON.parse(store.get(id) ?? "{}"), save, () => {
        store.delete(id);
        begin();
      });
    };
    begin();
    next();
  };
}

/** Sessions in a cookie: the values themselves, signed. */
function cookieSessions() {
  return (request, response, next) => {
    const cookies = new Cookies(request, response, { keys });
    const read = () => JSON.parse(Buffer.from(cookies.get("session", { signed: true }) ?? "e30", "base64").toString());
    const save = (session) =>
      cookies.set("session", Buffer.from(JSON.stringify(session)).toString("base64"), { signed: true, overwrite: true });
    const begin = (values) => (request.session = new Session(values, save, () => begin({})));
    begin(read());
    next();
  };
}

/** Passport's strategies are packages of their own; this one is what passport-local does. */
class Local extends passport.Strategy {
  name = "local";
  authenticate(request) {
    const { username, password } = request.body;
    if (username === USER && password === PASSWORD) this.success({ id: USER });
    else this.fail(401);
  }
}

passport.use(new Local());
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => done(null, id === USER && { id }));

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(kind === "cookie" ? cookieSessions() : memorySessions());
app.use(passport.initialize(), passport.session());

app.get("/login", (request, response) => {
  response.send(`<form action="/login/password" method="post">
    <input name="username"><input name="password" type="password"><button>Sign in</button></form>`);
});
app.post(
  "/login/password",
  passport.authenticate("local", { successRedirect: "/account", failureRedirect: "/login" }),
);
app.post("/logout", (request, response, next) => {
  request.logout((error) => (error ? next(error) : response.redirect("/login")));
});
app.get("/account", (request, response) => {
  if (!request.isAuthenticated()) return void response.redirect("/login");
  response.send(`Hello ${request.user.id}<form action="/logout" method="post"><button>Sign out</button></form>`);
});

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
