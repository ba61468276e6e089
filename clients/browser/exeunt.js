// @ts-check
/**
 * Exeunt in the browser: a sign-out that leaves nothing behind, and pages that live no longer than their session.
 *
 *     const exeunt = createExeunt({ clear: { localStorage: ["notes:*"], caches: true } });
 *     exeunt.watch();
 *     const notes = await exeunt.fetch("/notes");
 *     await exeunt.signOut({ scope: "everywhere" });
 *
 * What each of these promises is in exeunt.d.ts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

/** How long an answer about the session may take, and one to a sign-out, which comes when it is settled. */
const askMilliseconds = 8_000;
const signOutMilliseconds = 20_000;
/** How long emptying what the browser keeps may hold up leaving. */
const clearMilliseconds = 2_000;
/** How long the farewell is shown, and one that has more to say. */
const farewellMilliseconds = 500;
const longFarewellMilliseconds = 4_000;
/** How long a page that comes back is empty before it says what it waits for. */
const veilMilliseconds = 300;
/** The first and the longest pause before what failed is tried anew. */
const firstRetryMilliseconds = 1_000;
const lastRetryMilliseconds = 30_000;
/** The pause between two questions where the server offers no events. */
const pollMilliseconds = 10_000;
/** When a stream counts as lost: the server says something every 15 s, if only that it is there. */
const silenceMilliseconds = 40_000;
/** How long the tab that holds the stream may take to answer another. */
const rollCallMilliseconds = 500;
/** How long tabs are told of a refresh: the answer to what was sent before it comes within that. */
const renewalMilliseconds = 10_000;
/** How long the browser remembers to end what it could not end offline: 30 days. */
const rememberSeconds = 2_592_000;

/** @typedef {import("./exeunt.js").Clear} Clear */
/** @typedef {import("./exeunt.js").Names} Names */
/** @typedef {import("./exeunt.js").Options} Options */
/** @typedef {import("./exeunt.js").Receipt} Receipt */
/** @typedef {import("./exeunt.js").Scope} Scope */
/** @typedef {{ kind: "page" | "who" | "holder" | "ended", session: string }} Message */

/** Refuses an answer that comes too late. Show nothing for it. */
export class SignedOutError extends Error {
  name = "SignedOutError";
  constructor() {
    super("The session is over or ending, so this answer is refused. Show nothing for it: the page is leaving.");
  }
}

/** Nobody was signed out and nothing was cleared. Say so to whoever asked for it. */
export class StillSignedInError extends Error {
  name = "StillSignedInError";
  /**
   * @param {string} why
   * @param {number} [status] of the server's answer; 0 when there was none
   * @param {number} [retryAfterSeconds]
   */
  constructor(why, status = 0, retryAfterSeconds = 0) {
    super(`Nobody was signed out, and nothing was cleared: ${why}`);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

// What the browser keeps

/** Whose the store is: the id of a session. */
const ownerKey = "exeunt:session";

/** @typedef {"localStorage" | "sessionStorage"} StoreName */

/** @param {StoreName} name */
function store(name) {
  try {
    return window[name];
  } catch {
    return undefined; // This browser is told to keep nothing.
  }
}

/**
 * @param {StoreName} name
 * @param {string} key
 * @param {string} value
 */
function put(name, key, value) {
  try {
    store(name)?.setItem(key, value);
  } catch {
    // It is full. Whoever reads it can do without.
  }
}

/**
 * @param {Names | false | undefined} names
 * @param {string} name
 */
function isAmong(names, name) {
  if (!names || names === true) return names === true;
  return names.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one));
}

/**
 * @param {StoreName} name
 * @param {Names | false | undefined} names
 */
function emptyStore(name, names) {
  const items = store(name);
  for (const key of Object.keys(items ?? {})) if (key === ownerKey || isAmong(names, key)) items?.removeItem(key);
}

/**
 * Empties a database, which also works while others have it open, and deletes it as soon as they let go.
 * @param {string} name
 * @returns {Promise<void>}
 */
function dropDatabase(name) {
  return new Promise((resolve) => {
    const drop = () => {
      const dropping = indexedDB.deleteDatabase(name);
      dropping.onsuccess = dropping.onerror = dropping.onblocked = () => resolve();
    };
    const opening = indexedDB.open(name);
    opening.onerror = drop;
    opening.onsuccess = () => {
      const database = opening.result;
      const tables = [...database.objectStoreNames];
      const close = () => (database.close(), drop());
      if (tables.length === 0) return close();
      const emptying = database.transaction(tables, "readwrite");
      emptying.oncomplete = emptying.onabort = close;
      for (const table of tables) emptying.objectStore(table).clear();
    };
  });
}

/** @param {Names | undefined} names */
async function emptyDatabases(names) {
  if (!names || !window.indexedDB) return;
  const there = (await indexedDB.databases?.())?.map(({ name }) => name ?? "");
  const exact = names === true ? [] : names; // All that can be done where a browser does not list them.
  await Promise.all((there?.filter((name) => isAmong(names, name)) ?? exact).map(dropDatabase));
}

/** @param {Names | undefined} names */
async function emptyCaches(names) {
  if (!names || !window.caches) return;
  for (const name of await caches.keys()) if (isAmong(names, name)) await caches.delete(name);
}

async function dismissWorkers() {
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registrations.map((one) => one.unregister()));
}

// A sign-out that the server does not know of yet. The cookie tells it with the very next request, whatever that is.

const isSecure = location.protocol === "https:";
const cookieName = isSecure ? "__Host-signing-out" : "signing-out";

/** @returns {string} `<scope>.<session id>`, or nothing */
function pending() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(`${cookieName}=`));
  const value = cookie?.slice(cookieName.length + 1) ?? "";
  return /^(current|everywhere)\../.test(value) ? value : "";
}

/** @param {string} value nothing, to forget it */
function remember(value) {
  const seconds = value ? rememberSeconds : 0;
  document.cookie = `${cookieName}=${value}; Path=/; SameSite=Lax; Max-Age=${seconds}${isSecure ? "; Secure" : ""}`;
}

// Signals, pauses, answers

/** What the type checker does not know yet; `any` is missing in browsers of before 2024. */
const Signals =
  /** @type {{ timeout(milliseconds: number): AbortSignal, any?(signals: AbortSignal[]): AbortSignal }} */ (
    /** @type {unknown} */ (AbortSignal)
  );

/** @param {AbortSignal[]} signals */
function anyOf(...signals) {
  if (Signals.any) return Signals.any(signals);
  const either = new AbortController();
  for (const one of signals) {
    const abort = () => either.abort(one.reason);
    if (one.aborted) abort();
    else one.addEventListener("abort", abort, { once: true });
  }
  return either.signal;
}

/**
 * @param {number} milliseconds
 * @param {EventTarget} [target] where something may happen that ends the pause
 * @param {string} [event]
 * @returns {Promise<void>}
 */
function pause(milliseconds, target, event = "abort") {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      target?.removeEventListener(event, end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    target?.addEventListener(event, end);
  });
}

/**
 * Makes an answer that cannot be read once its session is over.
 * @param {Response} answer
 * @param {AbortSignal} life
 */
function guarded(answer, life) {
  const methods = /** @type {Record<string, any>} */ (/** @type {unknown} */ (answer));
  for (const name of ["arrayBuffer", "blob", "bytes", "formData", "json", "text"]) {
    const read = methods[name];
    if (!read) continue;
    methods[name] = async () => {
      try {
        return await read.call(answer);
      } finally {
        life.throwIfAborted();
      }
    };
  }
  const { clone } = answer;
  answer.clone = () => guarded(clone.call(answer), life);
  return answer;
}

/**
 * A path of this site, and not a way to another one or to a script.
 * @param {string | undefined} path
 */
const ownPath = (path) => (path && /^\/(?![/\\])[^\\\0-\x1f\x7f]*$/.test(path) ? path : undefined);

class Exeunt {
  #base;
  #session;
  #signedOut;
  #farewell;
  /** @type {Clear} */
  #clear;
  /** @type {Set<() => unknown>} */
  #resets = new Set();

  /** Aborts when the session is over, and while it is being ended. */
  #life = new AbortController();
  /** True once the page has been wiped; it never comes back. */
  #over = false;
  /** @type {Promise<Receipt | undefined> | undefined} this page's own sign-out, which may still fail */
  #leaving;
  /** What the server is to be told, as {@link pending} has it. */
  #unsaid = "";
  /** @type {Promise<Response> | undefined} the refresh that is under way in this tab */
  #renewing;
  /** When this tab last refreshed, in milliseconds since 1970: what was sent before needs no other refresh. */
  #renewed = 0;

  #watches = false;
  #watching = new AbortController();
  /** @type {AbortSignal | undefined} the watching for which this tab has the stream */
  #holding;
  /** @type {BroadcastChannel | undefined} */
  #channel;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rollCall;
  /** Counts how often the page was concealed or came back, so that a late answer is told from a current one. */
  #turn = 0;
  /** @type {(() => void) | undefined} undoes the concealment */
  #reveal;

  /** @type {Promise<void>} */
  ready;

  /** @param {Options} options */
  constructor({ base = "/exeunt", session, clear, signedOut = "/signed-out", farewell }) {
    this.#base = base;
    this.#session = session ?? document.querySelector('meta[name="exeunt-session"]')?.getAttribute("content") ?? "";
    this.#clear = { sessionStorage: true, ...clear };
    this.#signedOut = signedOut;
    this.#farewell = farewell;
    addEventListener("pagehide", () => this.#hide());
    this.ready = this.#prepare();
  }

  async #prepare() {
    this.#unsaid = this.#ownUnsaid();
    if (this.#unsaid) {
      await this.#finish();
      return this.#depart();
    }
    const claimed = this.#session && this.#claim();
    await this.#tellServer();
    if (!this.#session) {
      const session = await this.#ask();
      this.#session = session ?? "";
      if (session !== undefined) await this.#claim();
    }
    await claimed;
  }

  /**
   * Empties what another session has left, such as one that ended while no page was open, and what nobody owns up to: that
   * was written when its session was over already.
   */
  async #claim() {
    if (this.#isForeign("sessionStorage")) emptyStore("sessionStorage", this.#clear.sessionStorage);
    if ((store("localStorage")?.getItem(ownerKey) ?? "") !== this.#session) await patiently(this.#emptyShared());
    if (!this.#session) return;
    put("sessionStorage", ownerKey, this.#session);
    put("localStorage", ownerKey, this.#session);
  }

  /**
   * Whether another session owns a store.
   * @param {StoreName} name
   */
  #isForeign(name) {
    return ![this.#session, null, undefined].includes(store(name)?.getItem(ownerKey));
  }

  // Ending

  /** @type {import("./exeunt.js").Exeunt["onSignedOut"]} */
  onSignedOut = (reset) => {
    this.#resets.add(reset);
    if (this.#over) reset();
    return () => void this.#resets.delete(reset);
  };

  /** @type {import("./exeunt.js").Exeunt["signOut"]} */
  signOut = async ({ scope = "current", returnTo } = {}) => {
    if (scope === "others") return this.#post(scope);
    if (this.#over) return this.#leaving;
    return (this.#leaving ??= this.#leave(scope, ownPath(returnTo) ?? this.#signedOut));
  };

  /**
   * @param {Scope} scope
   * @param {string} to
   */
  async #leave(scope, to) {
    this.#unsaid = this.#session && `${scope}.${this.#session}`;
    this.#life.abort(new SignedOutError());
    let receipt;
    try {
      receipt = await this.#post(scope, ownPath(to));
      this.#unsaid = "";
    } catch (error) {
      const isCutOff = error instanceof StillSignedInError && error.status === 0;
      if (!this.#over && !(isCutOff && this.#unsaid)) {
        this.#unsaid = "";
        this.#leaving = undefined;
        this.#life = new AbortController();
        void this.#check();
        throw error;
      }
    }
    await this.#finish(receipt);
    void this.#depart(to, receipt);
    return receipt;
  }

  /**
   * @param {Scope} scope
   * @param {string} [returnTo]
   * @returns {Promise<Receipt>}
   */
  async #post(scope, returnTo) {
    const path = `${this.#base}/logout`;
    /** @type {Response | undefined} */
    let answer;
    let receipt;
    try {
      answer = await window.fetch(path, {
        method: "POST",
        body: JSON.stringify({ scope, return_to: returnTo }),
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        keepalive: true,
        redirect: "manual",
        signal: Signals.timeout(signOutMilliseconds),
      });
      if (answer.ok) receipt = await answer.json();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw new StillSignedInError(this.#cutOff());
    }
    if (typeof receipt?.ended_sessions === "number") return receipt;
    const status = answer?.status || 302; // A redirection does not show its own.
    const seconds = Number(answer?.headers.get("Retry-After")) || 1;
    const isBusy = status >= 500 || status === 429;
    const advice = isBusy ? `Try again in ${seconds} s.` : "Is that where the server's adapter is mounted?";
    throw new StillSignedInError(`${path} answered ${status}. ${advice}`, status, seconds);
  }

  #cutOff() {
    const advice = this.#session ? "" : ' With <meta name="exeunt-session"> on the page it works offline too.';
    return `the server cannot be reached. Try again when there is a network.${advice}`;
  }

  /** The session has ended elsewhere, or is not this page's any more. */
  #ended() {
    if (this.#over || this.#leaving || !this.#session) return;
    this.#unsaid = this.#ownUnsaid();
    void this.#finish().then(() => this.#depart());
  }

  /**
   * From here on nothing of the session is left: on the page, in what the browser keeps, in the application.
   * @param {Receipt} [receipt]
   */
  async #finish(receipt) {
    const isFirst = !this.#over;
    this.#over = true;
    this.#life.abort(new SignedOutError());
    this.#watching.abort();
    if (this.#unsaid) remember(this.#unsaid);
    if (isFirst) {
      this.#wipe(receipt);
      this.#say("ended");
      // After the application's own listeners, which may keep a draft as the page goes.
      addEventListener("pagehide", () => void this.#cleanUp());
      document.addEventListener("visibilitychange", () => void this.#cleanUp());
    }
    await this.#cleanUp();
  }

  /** @param {Receipt} [receipt] */
  #wipe(receipt) {
    const told = !this.#unsaid;
    /** @type {string | Node} */
    let words = told
      ? "You have been signed out."
      : "You are being signed out. What was kept here is gone; the session ends as soon as the server can be reached.";
    if (receipt?.settled === false) words += " A server that is cut off may need a little longer to know.";
    try {
      if (this.#farewell) words = this.#farewell({ told, receipt });
    } catch (error) {
      console.error(error);
    }
    const box = document.createElement("main");
    box.className = "exeunt-farewell";
    box.setAttribute("role", "alert");
    if (this.#farewell !== false) box.append(words);
    veil();
    this.#reveal?.();
    document.body?.replaceChildren(box);
    document.title = "Signed out";
  }

  async #cleanUp() {
    const resets = [...this.#resets].map(async (reset) => reset());
    // Unless it is somebody else's by now.
    if (!this.#isForeign("sessionStorage")) emptyStore("sessionStorage", this.#clear.sessionStorage);
    const shared = this.#isForeign("localStorage") ? [] : this.#emptyShared();
    await patiently([...resets, ...shared]);
  }

  /** What all tabs share. The local storage is empty when this returns. */
  #emptyShared() {
    const { localStorage, indexedDB, caches, serviceWorker } = this.#clear;
    emptyStore("localStorage", localStorage);
    return [emptyDatabases(indexedDB), emptyCaches(caches), serviceWorker ? dismissWorkers() : undefined];
  }

  /**
   * Leaves, once the server knows.
   * @param {string} [to]
   * @param {Receipt} [receipt]
   */
  async #depart(to = this.#signedOut, receipt) {
    const isLong = receipt?.settled === false;
    if (this.#unsaid) await this.#tellServer();
    else if (!document.hidden) await pause(isLong ? longFarewellMilliseconds : farewellMilliseconds);
    await this.#cleanUp(); // Whatever was written late is gone as well.
    location.replace(to);
  }

  /** What the server is yet to be told of this page's own session. */
  #ownUnsaid() {
    const unsaid = pending();
    return this.#session && unsaid.endsWith(`.${this.#session}`) ? unsaid : "";
  }

  /** Tells the server of a sign-out that it does not know of yet, as soon as it can be reached. */
  async #tellServer() {
    for (let wait = firstRetryMilliseconds; ; wait = Math.min(2 * wait, lastRetryMilliseconds)) {
      const unsaid = this.#unsaid || pending();
      if (!unsaid) return;
      const dot = unsaid.indexOf(".");
      const scope = /** @type {Scope} */ (unsaid.slice(0, dot));
      const id = await this.#ask();
      // The cookie went along with the question, at which the server ends the session. Where it has not, this does.
      const isStill = id === unsaid.slice(dot + 1);
      const isTold = isStill ? await this.#post(scope).catch(() => undefined) : id !== undefined;
      if (isTold) return remember("");
      await pause(wait, window, "online");
    }
  }

  // Asking

  /** @type {import("./exeunt.js").Exeunt["fetch"]} */
  fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!this.#over) await this.ready;
    if (!this.#over) await this.#leaving?.catch(() => {}); // If that fails, all goes on.
    const life = this.#life.signal;
    life.throwIfAborted();
    const send = async (/** @type {Request} */ one) =>
      guarded(await window.fetch(one, { signal: anyOf(one.signal, life) }), life);
    const again = request.clone();
    const sent = Date.now();
    const answer = await send(request);
    const isOwn = new URL(request.url).origin === location.origin;
    if (answer.status !== 401 || !isOwn || !this.#session) return answer;
    void answer.body?.cancel();
    const renewal = await this.#renew(sent);
    life.throwIfAborted();
    return renewal.ok ? send(again) : guarded(renewal.clone(), life);
  };

  /**
   * One refresh at a time, in all tabs.
   * @param {number} sent when the request was sent that was refused, in milliseconds since 1970
   */
  #renew(sent) {
    const run = () => this.#refresh(sent);
    this.#renewing ??= (
      navigator.locks ? navigator.locks.request(`exeunt:${this.#base}:refresh`, run) : run()
    ).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  /** @param {number} sent */
  async #refresh(sent) {
    const done = new Response(null, { status: 204 });
    if (this.#renewed >= sent) return done;
    const life = this.#life.signal;
    const prefix = `exeunt:${this.#base}:refreshed:`;
    // Locks tell the news because they, unlike storage and messages, reach every tab before its turn comes.
    const held = (await navigator.locks?.query())?.held ?? [];
    const isDone = held.some(({ name = "" }) => name.startsWith(prefix) && Number(name.slice(prefix.length)) >= sent);
    if (isDone) return done;
    life.throwIfAborted();
    const signal = anyOf(life, Signals.timeout(askMilliseconds));
    const answer = await window.fetch(`${this.#base}/refresh`, { method: "POST", signal });
    if (answer.status === 401) this.#ended();
    if (answer.ok) this.#renewed = Date.now();
    if (answer.ok && navigator.locks) {
      const hold = () => pause(renewalMilliseconds, window, "pagehide");
      await new Promise((granted) => navigator.locks.request(prefix + this.#renewed, () => (granted(null), hold())));
    }
    return answer;
  }

  /**
   * Whose the browser's cookies are: the id of a session, nothing when of none, undefined when that cannot be known.
   * @returns {Promise<string | undefined>}
   */
  async #ask() {
    try {
      const answer = await window.fetch(`${this.#base}/session`, {
        cache: "no-store",
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: Signals.timeout(askMilliseconds),
      });
      if (answer.status === 401) return "";
      const { signed_in: isSignedIn, session_id: id } = await answer.json();
      if (answer.ok && typeof isSignedIn === "boolean") return isSignedIn ? id : "";
    } catch {
      // No answer, or none that can be understood.
    }
    return undefined;
  }

  /** Asks for a page that is shown, and leaves when it is not this session's any more. */
  async #check() {
    const turn = this.#turn;
    const session = await this.#ask();
    if (turn === this.#turn && session !== undefined && session !== this.#session) this.#ended();
  }

  // Watching

  /** @type {import("./exeunt.js").Exeunt["watch"]} */
  watch = () => {
    if (this.#watches) return;
    this.#watches = true;
    addEventListener("pageshow", ({ persisted }) => persisted && void this.#restore());
    addEventListener("online", () => void (this.#reveal ? this.#restore() : this.#check()));
    document.addEventListener("visibilitychange", () => this.#comeForward());
    document.addEventListener("resume", () => void this.#check());
    void this.ready.then(() => this.#follow());
  };

  /**
   * Follows the session: with the stream of events, or in line to be the next tab that has it.
   * @param {boolean} [steal] whether to take it from a tab that does not answer
   */
  #follow(steal = false) {
    this.#watching.abort();
    if (this.#over || this.#reveal) return;
    if (!this.#session) return this.#say("page");
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    if (!this.#channel && window.BroadcastChannel) {
      this.#channel = new BroadcastChannel(`exeunt:${this.#base}`);
      this.#channel.onmessage = ({ data }) => this.#hear(data);
      this.#say("page");
    }
    const run = () => this.#listen(signal);
    const name = `exeunt:${this.#base}:events:${this.#session}`;
    const how = steal ? { steal } : { signal };
    const line = this.#channel && navigator.locks ? navigator.locks.request(name, how, run) : run();
    // It fails when another tab has stolen the stream: stand in line again.
    line.then(() => this.#poll(signal)).catch(() => signal.aborted || this.#follow());
  }

  /**
   * Keeps the stream open until told to stop, or until the server says that it has none.
   * @param {AbortSignal} stop
   */
  async #listen(stop) {
    this.#holding = stop;
    let wait = firstRetryMilliseconds;
    while (!stop.aborted) {
      const opened = Date.now();
      if (await this.#stream(stop)) return;
      if (!stop.aborted) await this.#check();
      if (stop.aborted) return;
      if (Date.now() - opened > lastRetryMilliseconds) wait = firstRetryMilliseconds;
      await pause(wait * (1 + Math.random()), stop);
      wait = Math.min(2 * wait, lastRetryMilliseconds);
    }
  }

  /**
   * @param {AbortSignal} stop
   * @returns {Promise<boolean>} whether there is no such stream
   */
  async #stream(stop) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), silenceMilliseconds);
    try {
      const answer = await window.fetch(`${this.#base}/events`, {
        cache: "no-store",
        headers: { Accept: "text/event-stream" },
        redirect: "error",
        signal: anyOf(stop, silence.signal),
      });
      if (answer.status === 204) return true;
      const reader = answer.ok ? answer.body?.getReader() : undefined;
      const decoder = new TextDecoder();
      for (let text = ""; reader; ) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), silenceMilliseconds);
        text += decoder.decode(value, { stream: true });
        if (/^event: ?signed-out\r?\n/m.test(text)) this.#ended();
        text = text.slice(text.lastIndexOf("\n") + 1);
      }
    } catch {
      // It is lost, or we are told to stop.
    } finally {
      clearTimeout(timer);
    }
    return false;
  }

  /** @param {AbortSignal} stop */
  async #poll(stop) {
    while (!stop.aborted) {
      await pause(pollMilliseconds, stop);
      if (!stop.aborted && !document.hidden) await this.#check();
    }
  }

  /** @param {Message["kind"]} kind */
  #say(kind) {
    if (!window.BroadcastChannel) return;
    const channel = this.#channel ?? new BroadcastChannel(`exeunt:${this.#base}`);
    channel.postMessage({ kind, session: this.#session });
    if (channel !== this.#channel) channel.close();
  }

  /** @param {Message} message */
  #hear({ kind, session }) {
    if (session !== this.#session) {
      // Another page is another session's, or nobody's: whose is this one by now?
      if (kind === "page") void this.#check();
    } else if (kind === "ended") this.#ended();
    else if (kind === "holder") clearTimeout(this.#rollCall);
    else if (kind === "who" && this.#isHolding()) this.#say("holder");
  }

  #isHolding() {
    return this.#holding === this.#watching.signal;
  }

  /** A tab that comes to the front asks anew, and takes the stream over if whoever has it is silent. */
  #comeForward() {
    if (document.hidden || this.#over || this.#reveal) return;
    void this.#check();
    if (!this.#channel || !navigator.locks || this.#isHolding()) return;
    clearTimeout(this.#rollCall);
    this.#rollCall = setTimeout(() => document.hidden || this.#follow(true), rollCallMilliseconds);
    this.#say("who");
  }

  // Back and forward

  #hide() {
    // Nobody will see how the sign-out went: the next page makes sure of it.
    if (this.#leaving && !this.#over) void this.#finish();
    else if (this.#watches && this.#session && !this.#over) this.#conceal();
  }

  /** Before the browser can keep the page. */
  #conceal() {
    this.#turn += 1;
    this.#watching.abort();
    clearTimeout(this.#rollCall);
    this.#channel?.close();
    this.#channel = undefined;
    if (this.#reveal) return;
    const { style } = document.body;
    const { display } = style;
    const [x, y] = [scrollX, scrollY];
    style.setProperty("display", "none", "important");
    this.#reveal = () => {
      this.#reveal = undefined;
      style.display = display;
      scrollTo(x, y);
    };
  }

  /**
   * Shows a page that has come back, but only to the session that it was made for.
   * @returns {Promise<void>}
   */
  async #restore() {
    if (this.#over) return this.#depart();
    if (!this.#session) return;
    const turn = ++this.#turn;
    const slow = setTimeout(() => veil("Checking that you are still signed in …"), veilMilliseconds);
    const session = this.#ownUnsaid() ? "" : await this.#ask();
    clearTimeout(slow);
    if (turn !== this.#turn) return;
    if (session === undefined)
      return veil("It cannot be confirmed that you are signed in. Check your connection.", () => this.#restore());
    if (session !== this.#session) return this.#ended();
    veil();
    this.#reveal?.();
    this.#follow();
  }
}

/**
 * Says something in place of a page that is concealed.
 * @param {string} [text] nothing, to say nothing any more
 * @param {() => unknown} [retry]
 */
function veil(text, retry) {
  document.querySelector(".exeunt-veil")?.remove();
  if (!text) return;
  const box = document.createElement("div");
  box.className = "exeunt-veil";
  box.setAttribute("role", "status");
  box.append(text);
  if (retry) {
    const button = document.createElement("button");
    button.append("Try again");
    button.onclick = retry;
    box.append(" ", button);
  }
  document.documentElement.append(box);
}

/**
 * Waits for what empties something, but not for ever.
 * @param {unknown[]} work
 */
async function patiently(work) {
  const all = Promise.allSettled(work).then((results) => {
    for (const one of results) if (one.status === "rejected") console.error("Exeunt could not empty all:", one.reason);
  });
  await Promise.race([all, pause(clearMilliseconds)]);
}

/** @type {typeof import("./exeunt.js").createExeunt} */
export const createExeunt = (options = {}) => new Exeunt(options);

// What the application holds in memory

/** @type {typeof import("./exeunt.js").reactQuery} */
export const reactQuery = (client) => async () => {
  const cancelled = client.cancelQueries();
  client.clear();
  await cancelled;
};

/** @type {typeof import("./exeunt.js").swr} */
export const swr = (mutate, cache) => async () => {
  await mutate(() => true, undefined, { revalidate: false });
  for (const key of [...(cache?.keys() ?? [])]) cache?.delete(key);
};
