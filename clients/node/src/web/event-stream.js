import { clearInterval, setInterval } from "node:timers";
import { heartbeatMilliseconds, reconnectMilliseconds } from "../limits.js";

/**
 * Where the lines of a stream go; `write` says nothing of whether anybody reads them.
 * @typedef {{ write: (text: string) => void, end: () => void }} Sink
 */

/**
 * Tells an open page that its session is over (server-sent events, WHATWG HTML §9.2).
 *
 * The stream lives no longer than the session: it is closed as well when nothing can be promised any more, and the page
 * asks anew. Ask for it before the answer is begun: it throws when too many wait. Gives what begins to write, once
 * there is a sink, and what closes it.
 * @param {import("../verifier.js").Verifier} verifier
 * @param {import("../core/verified-token.js").Identity} identity
 */
export function eventStream(verifier, identity) {
  /** @type {Sink | undefined} */
  let sink;
  /** @type {NodeJS.Timeout | undefined} */
  let heartbeat;
  let isOver = false;
  let lastWords = "";
  const close = (words = "") => {
    if (isOver) return;
    isOver = true;
    lastWords = words;
    clearInterval(heartbeat);
    forget();
    finish();
  };
  const finish = () => {
    if (lastWords) sink?.write(lastWords);
    sink?.end();
  };
  let forget = () => {};
  forget = verifier.onEnd(identity, (end) => close(end === "ended" ? "event: signed-out\ndata: {}\n\n" : ""));
  /** @param {Sink} target */
  const open = (target) => {
    sink = target;
    sink.write(`retry: ${reconnectMilliseconds}\n\n`);
    if (isOver) finish();
    else heartbeat = setInterval(() => target.write(":\n\n"), heartbeatMilliseconds).unref();
  };
  return { open, close: () => close() };
}
