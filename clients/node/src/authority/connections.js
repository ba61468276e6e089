import { Buffer } from "node:buffer";
import http from "node:http";
import https from "node:https";
import { clearTimeout, setTimeout } from "node:timers";
import { AuthorityError } from "./authority-error.js";
import { connectMilliseconds, idleConnectionMilliseconds } from "../limits.js";

/** @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, body: Buffer }} RawAnswer */
/** @typedef {{ method: string, path: string, headers: Record<string, string>, body?: string }} RawQuestion */
/**
 * How an answer is waited for: how long, how much of it is read, whether the wait alone keeps the process alive, and
 * what calls it off.
 * @typedef {{ patienceMilliseconds: number, mostBytes: number, isIdle?: boolean, signal?: AbortSignal }} Terms
 */

/** Connections to the authority that nobody else's requests are waiting for. They follow no redirect. */
export class Connections {
  #base;
  #module;
  #agent;
  #place;
  #prefix;

  /** @param {string} base the authority's address, without a slash at its end */
  constructor(base) {
    const { protocol, hostname, port, pathname } = new URL(base);
    this.#base = base;
    this.#module = protocol === "https:" ? https : http;
    this.#agent = new this.#module.Agent({ keepAlive: true, timeout: idleConnectionMilliseconds });
    this.#place = { agent: this.#agent, host: hostname.replace(/^\[|\]$/g, ""), port };
    this.#prefix = pathname.replace(/\/+$/, "");
  }

  /** Closes what nobody uses. */
  close() {
    this.#agent.destroy();
  }

  /**
   * The answer to a question, read to its end.
   * @param {RawQuestion} question
   * @param {Terms} terms
   * @returns {Promise<RawAnswer>}
   * @throws {AuthorityError} `unreachable`
   */
  ask({ method, path, headers, body }, { patienceMilliseconds, mostBytes, isIdle = false, signal }) {
    return new Promise((resolve, reject) => {
      // Not as a URL: in a path of one, a subject that is called `..` would lead elsewhere.
      const request = this.#module.request({ ...this.#place, method, path: this.#prefix + path, headers, signal });
      /** @type {(why: string) => void} */
      const giveUp = (why) => void request.destroy(new Error(why));
      const patience = setTimeout(giveUp, patienceMilliseconds, `no answer within ${patienceMilliseconds} ms`);
      const connecting = setTimeout(giveUp, connectMilliseconds, `no connection within ${connectMilliseconds} ms`);
      if (isIdle) for (const timer of [patience, connecting]) timer.unref();
      request.on("socket", (socket) => {
        if (isIdle) socket.unref();
        else socket.ref();
        if (!socket.connecting) clearTimeout(connecting);
        else socket.once("connect", () => clearTimeout(connecting));
      });
      request.on("close", () => {
        clearTimeout(patience);
        clearTimeout(connecting);
      });
      request.on("error", (error) => reject(this.#unreachable(error)));
      request.on("response", (response) => {
        /** @type {Buffer[]} */
        const chunks = [];
        let size = 0;
        response.on("data", (chunk) => {
          size += chunk.length;
          if (size > mostBytes) giveUp(`an answer of more than ${mostBytes} bytes`);
          else chunks.push(chunk);
        });
        response.on("error", (error) => reject(this.#unreachable(error)));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      });
      request.end(body);
    });
  }

  /** @param {Error & { code?: string, errors?: (Error & { code?: string })[] }} error */
  #unreachable(error) {
    // A host with several addresses fails once for each, and says nothing as a whole.
    const why = error.message || error.errors?.map(({ message }) => message).join(", ") || error.code || error.name;
    return new AuthorityError(
      "unreachable",
      `no answer from the authority at ${this.#base}: ${why}; is it running, and is \`endpoint\` its address?`,
      { cause: error },
    );
  }
}
