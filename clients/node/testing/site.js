import { once } from "node:events";
import { createServer } from "node:http";
import express from "express";
import { appSession } from "../../../examples/express/app-session.js";
import { exeunt } from "../src/express.js";

const sameOrigin = { "Sec-Fetch-Site": "same-origin" };

/** An Express application with Exeunt in it, on a port of its own. */
export class Site {
  /** Who answers, by the name that a test gives. */
  requests = [];
  /** What the application keeps of each browser, as express-session keeps it. */
  store = new Map();

  static async start(options, { makeApp = ordinaryApp, log } = {}) {
    const site = new Site();
    site.server = createServer();
    site.server.listen(0, "127.0.0.1");
    await once(site.server, "listening");
    site.url = `http://127.0.0.1:${site.server.address().port}`;
    site.log = options.log ?? log;
    // A long lease, so that a machine that is busy for a moment fails no test.
    const usual = { origins: [site.url], afterSignOut: "/signed-out", leaseMilliseconds: 30_000 };
    site.auth = exeunt({ ...usual, ...options });
    site.server.on("request", makeApp(site));
    return site;
  }

  async stop() {
    await this.auth.close(this.server);
  }
}

/** Private and public pages, a sign-in, and a session of its own in front of them. */
function ordinaryApp(site) {
  const { auth } = site;
  const app = express();
  app.use(appSession({ store: site.store }));
  app.use("/exeunt", auth.routes());
  app.post("/sign-in", auth.ownOrigin(), express.urlencoded({ extended: false }), async (req, res, next) => {
    try {
      await auth.signIn(req, res, {
        subject: req.body.name,
        device: { label: "a test" },
        upstream: req.body.sid && { issuer: req.body.issuer, sid: req.body.sid },
      });
      res.redirect(303, "/");
    } catch (error) {
      next(error);
    }
  });
  app.use(auth.middleware());
  app.get("/", (req, res) => res.json({ subject: req.exeunt?.subject ?? null, kept: req.session?.secret ?? null }));
  app.post("/keep", auth.requireSession(), (req, res) => {
    req.session.secret = `of ${req.exeunt.subject}`;
    res.end();
  });
  app.get("/private", auth.requireSession(), (req, res) => res.json(req.exeunt));
  app.get("/fails", auth.requireSession(), () => {
    throw new Error("a route that fails");
  });
  app.post("/report", auth.requireSession(), async (req, res) => res.json(await auth.report(req, "password_changed")));
  app.post("/leave", async (req, res) => res.json(await auth.signOut(req, res, { scope: "everywhere" })));
  app.use((error, req, res, next) => res.status(error.status ?? 500).json({ error: error.code ?? error.message }));
  return app;
}

/** A browser without a screen, or whoever has copied its cookies. */
export class Browser {
  constructor(site, cookies = {}) {
    this.site = site;
    this.cookies = { ...cookies };
  }

  copy() {
    return new Browser(this.site, this.cookies);
  }

  async fetch(path, { method = "GET", headers = {}, form, ...options } = {}) {
    const cookie = Object.entries(this.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
    const answer = await fetch(this.site.url + path, {
      method,
      redirect: "manual",
      headers: { ...(cookie && { Cookie: cookie }), ...headers },
      body: form && new URLSearchParams(form),
      ...options,
    });
    this.take(answer.headers.getSetCookie());
    return answer;
  }

  take(setCookies) {
    for (const cookie of setCookies) {
      const [pair, ...attributes] = cookie.split("; ");
      const [name, value] = pair.split(/=(.*)/s);
      if (attributes.includes("Max-Age=0")) delete this.cookies[name];
      else this.cookies[name] = value;
    }
  }

  /** A form of one of the application's own pages. */
  async post(path, form = {}, headers = sameOrigin) {
    return this.fetch(path, { method: "POST", form, headers });
  }

  async signIn(name = "ada") {
    const answer = await this.post("/sign-in", { name });
    if (answer.status !== 303) throw new Error(`${answer.status}: ${await answer.text()}`);
    return this;
  }

  async json(path, options) {
    return (await this.fetch(path, options)).json();
  }
}
