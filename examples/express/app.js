import express from "express";
import { AuthorityError } from "../../clients/node/src/index.js"; // in an application of your own: from "exeunt"
import { appSession } from "./app-session.js";
import { assets } from "./assets.js";
import { boardPage, failurePage, notesPage, signedOutPage, signInPage } from "./pages.js";

/**
 * All routes of the application.
 * @param {ReturnType<typeof import("../../clients/node/src/express.js").exeunt>} auth
 * @param {import("./users.js").Users} users
 * @param {import("./notes.js").Notes} notes
 * @param {{ isSecure?: boolean }} settings whether browsers come over TLS
 */
export function makeApp(auth, users, notes, { isSecure } = {}) {
  const app = express();
  app.disable("x-powered-by");
  app.use(pageHeaders);
  // What is everybody's comes first: nobody is asked who they are for it.
  app.use(assets());
  app.get("/status", (req, res) => res.type("text").send(statusText(auth.verifier.status())));

  app.use(auth.ownOrigin());
  app.use(express.urlencoded({ extended: false, limit: "16kb" }), express.json({ limit: "16kb" }));
  app.use(appSession({ isSecure }));
  app.use("/exeunt", auth.routes());
  app.post("/sign-in", signIn(auth, users));

  // From here on `req.exeunt` says who it is.
  app.use(auth.middleware());
  app.get("/", (req, res) => {
    if (!req.exeunt) return res.send(signInPage());
    const { notice } = req.session;
    delete req.session.notice;
    res.send(notesPage(req.exeunt, notes.of(req.exeunt.subject), notice));
  });
  app.get("/signed-out", (req, res) => (req.exeunt ? res.redirect(303, "/") : res.send(signedOutPage())));
  app.get("/board", (req, res) => (req.exeunt ? res.send(boardPage(req.exeunt)) : res.redirect(303, "/")));

  app.get("/notes", auth.requireSession(), (req, res) => res.json(notes.of(req.exeunt.subject)));
  app.post("/notes", auth.requireSession(), (req, res) => {
    const { text } = req.body;
    if (typeof text !== "string" || text === "") return res.status(400).json({ error: "a note has a text" });
    notes.add(text, req.exeunt.subject);
    if (req.is("json")) return res.sendStatus(201);
    req.session.notice = "It is kept.";
    res.redirect(303, "/");
  });
  app.post("/password", auth.requireSession(), changePassword(auth, users));
  app.use(failed);
  return app;
}

/**
 * Checks the password, which is ours to do, and has Exeunt open a session.
 * @param {ReturnType<typeof import("../../clients/node/src/express.js").exeunt>} auth
 * @param {import("./users.js").Users} users
 * @returns {import("express").RequestHandler}
 */
function signIn(auth, users) {
  return async (req, res, next) => {
    const { name, password } = req.body;
    if (!users.isRight(name, password)) return res.status(401).send(signInPage("That is not right."));
    try {
      await auth.signIn(req, res, { subject: name });
      res.redirect(303, "/");
    } catch (error) {
      next(error);
    }
  };
}

/**
 * Changes the password, and then ends the other sessions, which somebody may have opened who knew the old one. The other
 * way round there would be a moment for one more.
 * @param {ReturnType<typeof import("../../clients/node/src/express.js").exeunt>} auth
 * @param {import("./users.js").Users} users
 * @returns {import("express").RequestHandler}
 */
function changePassword(auth, users) {
  return async (req, res, next) => {
    const { password } = req.body;
    if (typeof password !== "string" || password === "") return res.status(400).send(failurePage("It is empty."));
    users.change(req.exeunt.subject, password);
    try {
      await auth.report(req, "password_changed");
      req.session.notice = "Your password is changed, and you are signed out everywhere else.";
    } catch (error) {
      if (!(error instanceof AuthorityError)) return next(error);
      console.error(`notes: ${error.message}`);
      req.session.notice = "Your password is changed. Elsewhere you are still signed in: sign out there in a moment.";
    }
    res.redirect(303, "/");
  };
}

/** @type {import("express").RequestHandler} */
function pageHeaders(req, res, next) {
  res.set({
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
  });
  next();
}

/** @type {import("express").ErrorRequestHandler} */
function failed(error, req, res, next) {
  if (!(error instanceof AuthorityError)) {
    // What is wrong with a request is said without where in our code that was noticed, as Express would by itself.
    const { status = 500 } = /** @type {{ status?: number }} */ (error);
    return status < 500 ? res.status(status).type("text").send("That cannot be read.\n") : next(error);
  }
  console.error(`notes: ${error.message}`);
  res.status(503).set("Retry-After", "1").set("Cache-Control", "no-store");
  res.send(failurePage("This could not be done now, and nothing has changed. Try again in a moment."));
}

/** @param {ReturnType<import("../../clients/node/src/index.js").Verifier["status"]>} status */
function statusText({ state, applied, revocations, checks }) {
  return `${state}, ${applied} applied, ${revocations} held, ${checks.accepted} accepted\n`;
}
