// @ts-check
/*
 * A page lives no longer than the session that it was made for. Loaded by every page that shows something private.
 *
 * - A session that ends elsewhere says so here within a second. One tab of the browser holds the event stream (a
 *   browser opens no more than six connections to a host over HTTP/1.1) and tells the others.
 * - A page that is left is concealed before the browser can keep it. Restored by Back, it stays concealed until
 *   /session confirms that it still belongs to whoever is looking.
 */

/** How long a tab may be in the background before it asks again. */
const backgroundMilliseconds = 60_000;
/** How long an answer of /session may take. */
const askMilliseconds = 8_000;
/** How long the farewell is shown before the page leaves. */
const farewellMilliseconds = 400;
/** How long a form that was sent may take to bring its own page, which clears the cookies. */
const submitMilliseconds = 15_000;
/** How long the holder of the stream may take to answer another tab. */
const rollCallMilliseconds = 500;
/** The first and the longest pause before a refused stream is opened anew. */
const firstRetryMilliseconds = 1_000;
const lastRetryMilliseconds = 30_000;

/**
 * Why, in a few words; the signed-out page says it at length.
 * @type {Record<string, string>}
 */
const reasons = {
  signed_out: "You signed out on this device.",
  signed_out_others: "This session was ended from another of your devices.",
  signed_out_everywhere: "You signed out everywhere.",
  ended_by_user: "This session was ended from another of your devices.",
  ended_by_administrator: "An administrator ended this session.",
  password_changed: "Your password was changed.",
  password_reset: "Your password was reset.",
  email_changed: "Your email address was changed.",
  factor_changed: "How you sign in was changed.",
  security_concern: "A security concern was reported.",
  account_disabled: "This account is closed.",
  account_deleted: "This account is closed.",
  refresh_reuse: "A copy of your sign-in may have been used elsewhere.",
  remember_reuse: "A copy of your sign-in may have been used elsewhere.",
  session_limit: "You signed in on another device.",
  idle_timeout: "Nothing was heard of this session for a while.",
  absolute_timeout: "This session reached the end of its time.",
  revoked: "You signed out on this device.",
};

const root = document.documentElement;
const meta = document.querySelector('meta[name="exeunt-session"]');
const ownSession = meta instanceof HTMLMetaElement ? meta.content : "";

/** @typedef {{ kind: "page" | "who" | "holder" | "ended", session: string, reason?: string }} Message */

/** True once the page has been wiped; it never comes back. */
let gone = false;
/** True while a form that was sent is waiting for its answer. */
let submitting = false;
/** True while this tab holds the event stream. */
let holding = false;
/** Counts the times that the page was hidden or restored, so that a late answer is told from a current one. */
let turn = 0;
/** When the tab went into the background, in milliseconds since 1970; 0 while it is in front. */
let hiddenSince = 0;
/** @type {AbortController} */
let watching = new AbortController();
/** @type {BroadcastChannel | undefined} */
let channel;
/** @type {number | undefined} */
let rollCall;

const concealed = () => root.classList.contains("concealed");

/**
 * Asks the server whose page this is; "unknown" when no clear answer comes.
 * @returns {Promise<"ours" | "ended" | "unknown">}
 */
async function ask() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), askMilliseconds);
  try {
    const answer = await fetch("/session", {
      cache: "no-store",
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      redirect: "error",
      signal: patience.signal,
    });
    if (answer.status === 401) return "ended";
    if (!answer.ok) return "unknown";
    const { signed_in: signedIn, session_id: session } = await answer.json();
    if (signedIn === true && session === ownSession) return "ours";
    return typeof signedIn === "boolean" ? "ended" : "unknown";
  } catch {
    return "unknown";
  } finally {
    clearTimeout(timer);
  }
}

/** Asks for a page that is shown, and leaves when the session has ended; an unknown answer changes nothing. */
async function check() {
  const asked = turn;
  if (gone || concealed() || (await ask()) !== "ended" || asked !== turn) return;
  tell({ kind: "ended", session: ownSession });
  leave("");
}

/**
 * Wipes the page at once, says why, and goes to the signed-out page.
 * @param {string} reason one of the server's reasons, or nothing when it is not known
 */
function leave(reason) {
  if (gone) return;
  gone = true;
  watching.abort();
  const heading = document.createElement("h1");
  heading.textContent = "You are signed out";
  const why = document.createElement("p");
  why.textContent = reasons[reason] ?? "This session has ended.";
  const farewell = document.createElement("main");
  farewell.className = "veil veil-now";
  farewell.setAttribute("role", "alert");
  farewell.append(heading, why);
  document.body.replaceChildren(farewell);
  document.title = "Signed out · Exeunt";
  meta?.remove();
  const target = reason ? `/signed-out?reason=${encodeURIComponent(reason)}` : "/signed-out";
  const pause = submitting ? submitMilliseconds : farewellMilliseconds;
  // Timers of a background tab run late, and nobody reads its farewell. A restored page has waited long enough.
  if (!submitting && (document.hidden || concealed())) location.replace(target);
  else setTimeout(() => location.replace(target), pause);
}

/** @param {Message} message */
function tell(message) {
  channel?.postMessage(message);
}

/** @param {MessageEvent<Message>} event */
function hear({ data }) {
  if (data.session !== ownSession) {
    // Somebody signed in anew in another tab: this page may be a stranger's by now.
    if (data.kind === "page") void check();
  } else if (data.kind === "ended") {
    leave(data.reason ?? "");
  } else if (data.kind === "who" && holding) {
    tell({ kind: "holder", session: ownSession });
  } else if (data.kind === "holder") {
    clearTimeout(rollCall);
  }
}

/**
 * Holds the event stream until told to stop.
 * @param {AbortSignal} stop
 * @returns {Promise<void>}
 */
function listen(stop) {
  if (stop.aborted) return Promise.resolve();
  holding = true;
  return new Promise((resolve) => {
    let pause = firstRetryMilliseconds;
    /** @type {number | undefined} */
    let timer;
    /** @type {EventSource} */
    let stream;
    const open = () => {
      stream = new EventSource("/session/events");
      stream.addEventListener("open", () => (pause = firstRetryMilliseconds));
      stream.addEventListener("signed-out", (event) => {
        const reason = reasonIn(event.data);
        tell({ kind: "ended", session: ownSession, reason });
        leave(reason);
      });
      // A lost connection is the browser's to reopen; a refused one (no session, or a proxy's 502) is ours.
      stream.addEventListener("error", async () => {
        if (stream.readyState !== EventSource.CLOSED) return;
        await check();
        if (stop.aborted) return;
        timer = setTimeout(open, pause);
        pause = Math.min(pause * 2, lastRetryMilliseconds);
      });
    };
    stop.addEventListener("abort", () => {
      holding = false;
      clearTimeout(timer);
      stream.close();
      resolve();
    });
    open();
  });
}

/**
 * @param {string} data the event's JSON
 * @returns {string}
 */
function reasonIn(data) {
  try {
    return String(JSON.parse(data).reason ?? "");
  } catch {
    return "";
  }
}

/**
 * Watches for the session's end: as the holder of the stream, or in line to be the next.
 * @param {boolean} steal whether to take the stream from a tab that no longer answers
 */
function watch(steal) {
  watching.abort();
  const stopping = new AbortController();
  watching = stopping;
  const stop = stopping.signal;
  if (channel === undefined && "BroadcastChannel" in window) {
    channel = new BroadcastChannel("exeunt");
    channel.addEventListener("message", hear);
    tell({ kind: "page", session: ownSession });
  }
  if (channel === undefined || navigator.locks === undefined) {
    void listen(stop);
    return;
  }
  const how = steal ? { steal } : { signal: stop };
  navigator.locks.request(`exeunt-stream-${ownSession}`, how, () => listen(stop)).catch(() => {
    // Another tab stole the stream while this one slept: stand in line again.
    if (!stop.aborted) watch(false);
  });
}

/** Takes over the stream when its holder is silent, as a tab is that the system has put to sleep. */
function callRoll() {
  if (holding || channel === undefined || navigator.locks === undefined) return;
  clearTimeout(rollCall);
  rollCall = setTimeout(() => {
    if (!gone && !holding && !document.hidden) watch(true);
  }, rollCallMilliseconds);
  tell({ kind: "who", session: ownSession });
}

/**
 * Says something in place of the concealed page.
 * @param {string} text
 * @param {boolean} retry whether to offer another try
 */
function veil(text, retry) {
  document.querySelector(".veil")?.remove();
  const box = document.createElement("div");
  box.className = retry ? "veil veil-now" : "veil";
  box.setAttribute("role", "status");
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  if (retry) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = "Try again";
    button.addEventListener("click", () => void restore());
    box.append(button);
  }
  document.body.append(box);
}

/** Shows a concealed page again, but only to the session that it was made for. */
async function restore() {
  const asked = ++turn;
  submitting = false;
  root.classList.add("concealed");
  if (gone) return location.replace("/signed-out");
  veil("Checking that you are still signed in …", false);
  const answer = await ask();
  if (asked !== turn) return;
  if (answer === "ended") {
    leave("");
  } else if (answer === "unknown") {
    veil("We cannot confirm that you are signed in. Check your connection, then try again.", true);
  } else {
    document.querySelector(".veil")?.remove();
    root.classList.remove("concealed");
    watch(false);
  }
}

function conceal() {
  turn += 1;
  root.classList.add("concealed");
  watching.abort();
  clearTimeout(rollCall);
  channel?.close();
  channel = undefined;
}

function comeForward() {
  const away = hiddenSince === 0 ? 0 : Date.now() - hiddenSince;
  hiddenSince = document.hidden ? Date.now() : 0;
  if (document.hidden || gone || concealed()) return;
  if (away > backgroundMilliseconds) void check();
  callRoll();
}

if (ownSession !== "") {
  addEventListener("pagehide", conceal);
  addEventListener("pageshow", (event) => {
    if (event.persisted) void restore();
  });
  addEventListener("online", () => void (concealed() ? restore() : check()));
  addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    submitting = true;
    setTimeout(() => (submitting = false), submitMilliseconds);
  });
  document.addEventListener("visibilitychange", comeForward);
  document.addEventListener("resume", () => void check());
  hiddenSince = document.hidden ? Date.now() : 0;
  watch(false);
}
