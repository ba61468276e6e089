/** As much of Node and its Redis client as the example uses, so that it is checked where their own types are not at hand. */

declare const process: {
  argv: string[];
  env: Record<string, string | undefined>;
  exitCode: number;
  stdin: unknown;
  exit(code: number): never;
};

interface ImportMeta {
  filename: string;
}

declare module "node:stream/consumers" {
  export function text(stream: unknown): Promise<string>;
}

declare module "redis" {
  export interface Client {
    isOpen: boolean;
    on(event: "error", hear: (error: Error) => void): void;
    connect(): Promise<unknown>;
    disconnect(): Promise<void>;
    mGet(keys: string[]): Promise<(string | null)[]>;
    info(section: string): Promise<string>;
  }
  export function createClient(options: object): Client;
}
