import { randomBytes } from "node:crypto";

/**
 * The application's own session of a browser: a cookie, and what belongs to it in memory.
 *
 * It stands where express-session stands in an application of your own, and does what that does with `{ resave: false,
 * saveUninitialized: false }`: `req.session` is there for every request, is kept if something was put into it, and has
 * `destroy`, `regenerate` and `save`.
 * @param {{ isSecure?: boolean, name?: string, store?: Map<string, string> }} options
 */
export function appSession({ isSecure = false, name = isSecure ? "__Host-notes" : "notes", store = new Map() } = {}) {
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  /** @type {import("express").RequestHandler} */
  return (req, res, next) => {
    const shown = cookie(req.headers.cookie, name);
    const kept = shown && store.get(shown);
    req.session = kept ? new Session(req, store, shown, JSON.parse(kept)) : Session.begin(req, store);
    const before = { id: req.session.id, text: kept || "{}" };
    const { writeHead, end } = res;
    /** @type {any} */ (res).writeHead = (/** @type {any[]} */ ...how) => {
      const { session } = req;
      if (session && session.id !== shown && (session.id !== before.id || session.text !== before.text)) {
        res.append("Set-Cookie", `${name}=${session.id}; ${attributes}`);
      }
      return Reflect.apply(writeHead, res, how);
    };
    /** @type {any} */ (res).end = (/** @type {any[]} */ ...what) => {
      const { session } = req;
      if (session && (session.id !== before.id || session.text !== before.text)) session.save();
      return Reflect.apply(end, res, what);
    };
    next();
  };
}

class Session {
  #req;
  #store;
  #id;

  /**
   * @param {import("express").Request} req
   * @param {Map<string, string>} store
   * @param {string} id
   * @param {object} content
   */
  constructor(req, store, id, content = {}) {
    this.#req = req;
    this.#store = store;
    this.#id = id;
    Object.assign(this, content);
  }

  /**
   * @param {import("express").Request} req
   * @param {Map<string, string>} store
   */
  static begin(req, store) {
    return new Session(req, store, randomBytes(16).toString("base64url"));
  }

  get id() {
    return this.#id;
  }

  get text() {
    return JSON.stringify(this);
  }

  /** Keeps what it has. */
  save(done = () => {}) {
    if (this.text === "{}") this.#store.delete(this.#id);
    else this.#store.set(this.#id, this.text);
    done();
    return this;
  }

  /** Ends it: the store forgets it, and the request has none any more. */
  destroy(done = () => {}) {
    delete this.#req.session;
    this.#store.delete(this.#id);
    done();
    return this;
  }

  /** Ends it, and begins a new one under another name. */
  regenerate(done = () => {}) {
    this.#store.delete(this.#id);
    this.#req.session = Session.begin(this.#req, this.#store);
    done();
    return this;
  }
}

/**
 * @param {string | undefined} header
 * @param {string} name
 */
function cookie(header = "", name) {
  const pair = header.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
