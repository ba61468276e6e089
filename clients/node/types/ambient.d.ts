/**
 * As much of Node and of our dependencies as our code uses, so that it is checked where their own types are not at hand.
 * It is not part of what is published.
 */

declare namespace NodeJS {
  interface Timeout {
    ref(): this;
    unref(): this;
  }
}

declare module "node:timers" {
  export function setTimeout<Rest extends unknown[]>(
    work: (...rest: Rest) => void,
    milliseconds: number,
    ...rest: Rest
  ): NodeJS.Timeout;
  export function setInterval(work: () => void, milliseconds: number): NodeJS.Timeout;
  export function clearTimeout(timer: NodeJS.Timeout | undefined): void;
  export function clearInterval(timer: NodeJS.Timeout | undefined): void;
}

declare module "node:timers/promises" {
  export function setTimeout(
    milliseconds: number,
    value: undefined,
    options: { ref?: boolean; signal?: AbortSignal },
  ): Promise<void>;
}

declare module "node:buffer" {
  export interface Buffer extends Uint8Array {
    toString(encoding?: string): string;
  }
  export const Buffer: {
    from(text: string, encoding?: string): Buffer;
    concat(parts: Uint8Array[]): Buffer;
    byteLength(text: string): number;
  };
}

declare module "node:crypto" {
  import type { Buffer } from "node:buffer";
  export function randomBytes(count: number): Buffer;
}

declare module "node:perf_hooks" {
  export const performance: { now(): number };
}

declare module "node:net" {
  export interface Socket {
    readonly connecting: boolean;
    readonly remoteAddress?: string;
    ref(): this;
    unref(): this;
    once(event: "connect", hear: () => void): this;
  }
}

declare module "node:http" {
  import type { Buffer } from "node:buffer";
  import type { Socket } from "node:net";

  export type IncomingHttpHeaders = Record<string, string> & { "set-cookie"?: string[] };

  export interface IncomingMessage extends AsyncIterable<Buffer> {
    readonly method?: string;
    readonly url?: string;
    readonly headers: IncomingHttpHeaders;
    readonly statusCode?: number;
    readonly socket: Socket;
    readonly readableEnded: boolean;
    on(event: "data", hear: (chunk: Buffer) => void): this;
    on(event: "end", hear: () => void): this;
    on(event: "error", hear: (error: Error) => void): this;
  }

  export interface ServerResponse {
    statusCode: number;
    readonly writableLength: number;
    getHeader(name: string): number | string | string[] | undefined;
    setHeader(name: string, value: string | string[]): this;
    write(text: string): boolean;
    end(body?: string): this;
    destroy(): this;
    on(event: "close", hear: () => void): this;
  }

  export interface ClientRequest {
    on(event: "socket", hear: (socket: Socket) => void): this;
    on(event: "response", hear: (response: IncomingMessage) => void): this;
    on(event: "close", hear: () => void): this;
    on(event: "error", hear: (error: Error) => void): this;
    end(body?: string): this;
    destroy(error?: Error): this;
  }

  export interface Server {
    close(done: (error?: Error) => void): this;
    closeIdleConnections(): void;
    closeAllConnections(): void;
  }

  export class Agent {
    constructor(options: { keepAlive?: boolean; timeout?: number });
    destroy(): void;
  }

  export interface RequestOptions {
    agent: Agent;
    host: string;
    port: string;
    method: string;
    path: string;
    headers: Record<string, string>;
    signal?: AbortSignal;
  }

  export function request(options: RequestOptions): ClientRequest;

  const http: { Agent: typeof Agent; request: typeof request };
  export default http;
}

declare module "node:https" {
  import http from "node:http";
  export default http;
}

declare module "jose" {
  export type ImportedKey = object;
  export function importJWK(jwk: Record<string, string>, algorithm: string): Promise<ImportedKey>;
  export function compactVerify(
    token: string,
    key: ImportedKey,
    options: { algorithms: string[] },
  ): Promise<{ payload: Uint8Array }>;
}
