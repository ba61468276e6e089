import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { TooManyWatchersError } from "./core/verifier-state.js";
import { destroy, guard, isAnothers, mark } from "./express/app-session.js";
import { putCookies, putHeaders } from "./express/headers.js";
import { callOf } from "./express/visit.js";
import { closingTickMilliseconds, drainMilliseconds, retryAfterSeconds, streamBytes } from "./limits.js";
import { foreign, refusal, unavailable } from "./web/answers.js";
import { bearerToken } from "./web/call.js";
import { endSession } from "./web/ending.js";
import { eventStream } from "./web/event-stream.js";
import { site } from "./web/options.js";

/** @typedef {import("./authority/authority-client.js").Device} Device */
/** @typedef {import("./authority/authority-client.js").Upstream} Upstream */
/** @typedef {import("./authority/authority-client.js").EventType} EventType */
/** @typedef {import("./authority/authority-client.js").SignOutScope} SignOutScope */
/** @typedef {import("./express/visit.js").Next} Next */
/** @typedef {import("./express/visit.js").Request} Request */
/** @typedef {import("./express/visit.js").Response} Response */
/** @typedef {import("./web/answers.js").Answer} Answer */
/** @typedef {import("./web/gate.js").Admission} Admission */
/** @typedef {(req: Request, res: Response, next: Next) => Promise<void>} Middleware */

/**
 * Exeunt for Express, Connect, and whatever else hands on Node's own requests and responses.
 * @param {import("./web/options.js").AdapterOptions} options
 */
export function exeunt(options) {
  return new ExpressAdapter(options);
}

class ExpressAdapter {
  /** The verifier of this process: `verifier.authority` is the authority, `verifier.status()` says how it is doing. */
  verifier;
  #gate;
  #cookies;
  #origins;
  #routes;
  /** Where a request holds what was found of it: a WeakMap of what lives so briefly costs more than all the rest. */
  #admission = Symbol("exeunt admission");
  /** @type {Set<() => void>} what closes each event stream that is open */
  #streams = new Set();

  /** @param {import("./web/options.js").AdapterOptions} options */
  constructor(options) {
    const { verifier, gate, cookies, origins, routes } = site(options);
    this.verifier = verifier;
    this.#gate = gate;
    this.#cookies = cookies;
    this.#origins = origins;
    this.#routes = routes;
  }

  /**
   * Says in `req.exeunt` who makes a request; undefined for a stranger. It goes after express-session, if there is one,
   * and before whatever is private.
   *
   * It renews the browser's tokens when they have expired, deletes them when they are over, ends what the application
   * has kept in its own session of them, and answers 503 while nobody can know.
   * @returns {Middleware}
   */
  middleware() {
    return (req, res, next) => this.#pass(req, res, next, (admission) => admission.refusal !== "stale");
  }

  /**
   * Lets in who is signed in; everybody else gets a 401.
   * @returns {Middleware}
   */
  requireSession() {
    return (req, res, next) => this.#pass(req, res, next, (admission) => admission.identity !== undefined);
  }

  /**
   * Refuses changes that do not come from the application's own pages, with 403. Let nothing change with GET or HEAD.
   * @returns {(req: Request, res: Response, next: Next) => void}
   */
  ownOrigin() {
    return (req, res, next) => {
      if (this.#origins.allows(callOf(req))) next();
      else void this.#send(req, res, foreign());
    };
  }

  /**
   * The routes that the browser's half talks to; mount them: `app.use("/exeunt", auth.routes())`.
   * @returns {Middleware}
   */
  routes() {
    return async (req, res, next) => {
      try {
        const answer = await this.#routes.answer(this.#routeCall(req, res));
        if (answer) await this.#send(req, res, answer);
        else next();
      } catch (error) {
        next(error);
      }
    };
  }

  /**
   * Opens a session for somebody whom the application has authenticated, and puts its tokens into this browser. The
   * application's own session is marked as belonging to it.
   * @param {Request} req
   * @param {Response} res
   * @param {{ subject: string, device?: Device, upstream?: Upstream }} who
   * @returns {Promise<{ sessionId: string }>}
   * @throws {import("./authority/authority-error.js").AuthorityError}
   */
  async signIn(req, res, { subject, device, upstream }) {
    const seen = { userAgent: req.headers["user-agent"], address: req.ip ?? req.socket.remoteAddress };
    const { authority } = this.verifier;
    // A session that the browser still has is replaced, and not left to whoever has copied it.
    await endSession(authority, await this.#tokens(req), "current");
    const { sessionId, tokens } = await authority.openSession(subject, {
      device: { ...seen, ...device },
      upstream,
    });
    await mark(req, sessionId);
    putCookies(res, this.#cookies.set(tokens));
    return { sessionId };
  }

  /**
   * Ends the session of this browser first, and then forgets its cookies. If it throws, say that the person is still
   * signed in.
   * @param {Request} req
   * @param {Response} res
   * @param {{ scope?: SignOutScope }} options
   * @throws {import("./authority/authority-error.js").AuthorityError}
   */
  async signOut(req, res, { scope = "current" } = {}) {
    const receipt = await endSession(this.verifier.authority, await this.#tokens(req), scope);
    if (scope === "others") return receipt;
    const { headers, setCookies } = this.#routes.forgotten(callOf(req), { "Cache-Control": "no-store" });
    putHeaders(res, headers);
    putCookies(res, setCookies);
    await destroy(req);
    return receipt;
  }

  /**
   * Tells what happened to the account of who is signed in here, and lets the authority's policy end what it names;
   * this very session goes on where the policy keeps one.
   * @param {Request} req
   * @param {EventType} type
   * @throws {import("./authority/authority-error.js").AuthorityError}
   */
  async report(req, type) {
    if (!req.exeunt) throw new TypeError("nobody is signed in: report() goes behind requireSession()");
    const { subject, sessionId } = req.exeunt;
    return this.verifier.authority.reportEvent(subject, type, { keepSession: sessionId });
  }

  /**
   * Stops for good, and gives the lease back, so that no sign-out waits for this process.
   *
   * With a server it stops that first: it takes no more requests, the event streams end, and requests under way are
   * finished while they can still be judged.
   * @param {import("node:http").Server} [server]
   */
  async close(server) {
    if (server) await this.#drain(server);
    for (const close of this.#streams) close();
    await this.verifier.close();
  }

  /** @param {import("node:http").Server} server */
  async #drain(server) {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const close of this.#streams) close();
    const closing = setInterval(() => server.closeIdleConnections(), closingTickMilliseconds);
    const patience = setTimeout(() => server.closeAllConnections(), drainMilliseconds);
    await closed;
    clearInterval(closing);
    clearTimeout(patience);
  }

  // Requests

  /**
   * @param {Request} req
   * @param {Response} res
   * @param {Next} next
   * @param {(admission: Admission) => boolean} isWelcome
   */
  async #pass(req, res, next, isWelcome) {
    if (this.#isKnown(req, res)) return next();
    try {
      const admission = await this.#admit(req, res);
      res.setHeader("Cache-Control", "no-store");
      if (admission.refusal !== "stale") {
        await guard(req, admission.identity?.sessionId, bearerToken(callOf(req)) === undefined);
      }
      if (!isWelcome(admission)) return await this.#send(req, res, refusal(admission));
      req.exeunt = admission.identity;
    } catch (error) {
      return next(error);
    }
    next();
  }

  /**
   * Whether a request is somebody's, as far as that can be told without waiting; everything else takes the long way.
   * @param {Request} req
   * @param {Response} res
   */
  #isKnown(req, res) {
    if (this.#admissionOf(req)) return req.exeunt !== undefined;
    const admission = this.#gate.admitAtOnce(callOf(req));
    if (!admission || isAnothers(req, admission.identity.sessionId)) return false;
    this.#keep(req, admission);
    res.setHeader("Cache-Control", "no-store");
    if (req.session) req.session.exeunt = admission.identity.sessionId;
    req.exeunt = admission.identity;
    return true;
  }

  /**
   * Finds out once for a request, however many middlewares ask, and brings the browser's cookies up to date.
   * @param {Request} req
   * @param {Response} res
   */
  async #admit(req, res) {
    let admission = this.#admissionOf(req);
    if (!admission) {
      admission = this.#gate.admit(callOf(req)).then((admission) => {
        putCookies(res, admission.setCookies);
        return admission;
      });
      this.#keep(req, admission);
    }
    return admission;
  }

  /**
   * @param {any} req
   * @returns {Admission | Promise<Admission> | undefined}
   */
  #admissionOf(req) {
    return req[this.#admission];
  }

  /**
   * @param {any} req
   * @param {Admission | Promise<Admission>} admission
   */
  #keep(req, admission) {
    req[this.#admission] = admission;
  }

  /** @param {Request} req */
  async #tokens(req) {
    return (await this.#admissionOf(req))?.tokens ?? this.#gate.tokens(callOf(req));
  }

  /**
   * @param {Request} req
   * @param {Response} res
   */
  #routeCall(req, res) {
    const url = req.url ?? "/";
    const path = url.split("?", 1)[0];
    const base = (req.originalUrl ?? url).split("?", 1)[0].slice(0, -path.length);
    const admit = () => this.#admit(req, res);
    return { ...callOf(req), base, path, admit, tokens: () => this.#tokens(req) };
  }

  // Answers

  /**
   * @param {Request} req
   * @param {Response} res
   * @param {Answer} answer
   * @returns {Promise<void>}
   */
  async #send(req, res, { status, headers, body, setCookies = [], watched, isSignedOut }) {
    if (isSignedOut) await destroy(req);
    const stream = watched && this.#stream(res, watched);
    if (watched && !stream) return this.#send(req, res, unavailable(retryAfterSeconds, "Too many are watching."));
    res.statusCode = status;
    putHeaders(res, headers);
    putCookies(res, setCookies);
    if (stream) stream();
    else res.end(body);
  }

  /**
   * Gives what begins an event stream; undefined when there are too many.
   * @param {Response} res
   * @param {import("./core/verified-token.js").Identity} identity
   */
  #stream(res, identity) {
    /** @type {ReturnType<typeof eventStream>} */
    let stream;
    try {
      stream = eventStream(this.verifier, identity);
    } catch (error) {
      if (error instanceof TooManyWatchersError) return undefined;
      throw error;
    }
    return () => {
      this.#streams.add(stream.close);
      res.on("close", () => {
        this.#streams.delete(stream.close);
        stream.close();
      });
      stream.open({
        write: (text) => {
          if (res.writableLength > streamBytes) return void res.destroy();
          res.write(text);
          // Of the middleware `compression`, which holds back what is short.
          res.flush?.();
        },
        end: () => void res.end(),
      });
    };
  }
}
