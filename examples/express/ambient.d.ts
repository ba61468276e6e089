/** As much of Node and Express as the example uses, so that it is checked where their own types are not at hand. */

declare const process: {
  env: Record<string, string | undefined>;
  once(signal: string, hear: () => void): void;
};

declare module "node:fs" {
  export function existsSync(path: string): boolean;
}

declare module "node:url" {
  export function fileURLToPath(url: URL): string;
}

declare module "express" {
  export type Request = any;
  export type RequestHandler = (req: any, res: any, next: any) => void;
  export type ErrorRequestHandler = (error: unknown, req: any, res: any, next: any) => void;

  interface Router {
    (req: any, res: any): void;
    use(...handlers: (string | Router | RequestHandler | ErrorRequestHandler)[]): Router;
    get(path: string, ...handlers: RequestHandler[]): Router;
    post(path: string, ...handlers: RequestHandler[]): Router;
    disable(setting: string): void;
    listen(port: number, host: string, ready: () => void): import("node:http").Server;
  }

  const express: {
    (): Router;
    Router(): Router;
    static(folder: string, options: object): RequestHandler;
    json(options: object): RequestHandler;
    urlencoded(options: object): RequestHandler;
  };
  export default express;
}
