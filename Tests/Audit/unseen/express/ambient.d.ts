/** As much of Node and Express as these applications use, so that they are checked where the real types are not at hand. */

declare const process: {
  env: Record<string, string | undefined>;
  stdin: { resume(): { on(event: "end", hear: () => void): void } };
  exit(): never;
};

interface Buffer extends Uint8Array {
  toString(encoding?: string): string;
}

declare const Buffer: { from(text: string, encoding?: string): Buffer };

declare module "node:timers/promises" {
  export function setTimeout(milliseconds: number): Promise<void>;
}

declare module "node:module" {
  export function createRequire(from: URL): (name: string) => any;
}

declare module "node:crypto" {
  interface Hash {
    update(text: string): Hash;
    digest(encoding: string): string;
    sign(key: unknown, encoding: string): string;
    verify(key: unknown, seal: string, encoding: string): boolean;
  }
  interface Key {
    export(options: { type: string; format: string }): { toString(): string };
  }
  export function randomBytes(count: number): Buffer;
  export function createHmac(hash: string, key: string): Hash;
  export function createSign(hash: string): Hash;
  export function createVerify(hash: string): Hash;
  export function timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean;
  export function generateKeyPairSync(kind: string, options: object): { publicKey: Key; privateKey: Key };
}

declare module "express" {
  export type Request = any;
  export type Response = any;
  export type Handler = (request: any, response: any, next: any) => unknown;

  export interface CookieOptions {
    secure?: boolean;
    httpOnly?: boolean;
    sameSite?: string;
    path?: string;
  }

  export interface Router {
    (request: any, response: any, next: any): void;
    use(...handlers: Handler[]): void;
    get(path: string | string[], handler: Handler): void;
    post(path: string, handler: Handler): void;
    listen(port: number, host: string, ready: () => void): { address(): string | { port: number } | null };
  }

  interface Express {
    (): Router;
    Router(): Router;
    json(): Handler;
    urlencoded(options: object): Handler;
  }
  const express: Express;
  export default express;
}
