export type Scope = "current" | "others" | "everywhere";

/** All there are, or those of these names; `notes:*` is all that begin with `notes:`. */
export type Names = true | string[];

/** What to empty when the session is over. */
export interface Clear {
  localStorage?: Names;
  /** All of it, unless you say otherwise. */
  sessionStorage?: Names | false;
  indexedDB?: Names;
  caches?: Names;
  /** Whether to unregister this site's service workers. */
  serviceWorker?: boolean;
}

/** What a sign-out has done. */
export interface Receipt {
  ended_sessions: number;
  /** While this is false, a server that is cut off may not know of it, until `settles_by` at the latest. */
  settled: boolean;
  settled_after_ms?: number;
  settles_by?: string;
  return_to?: string;
}

/** What there is to say when the session is over. */
export interface Farewell {
  /** False while the server does not know yet, because it could not be reached. */
  told: boolean;
  /** Of a sign-out from this very page. */
  receipt?: Receipt;
}

export interface Options {
  /** Where the server's adapter is mounted; `/exeunt` unless you say otherwise. */
  base?: string;
  /** The id of the page's session, unless `<meta name="exeunt-session">` has it. */
  session?: string;
  clear?: Clear;
  /** The page to go to; `/signed-out` unless you say otherwise. */
  signedOut?: string;
  /** What takes the page's place until then; false for nothing. A string is shown as text. */
  farewell?: false | ((farewell: Farewell) => string | Node);
}

export interface Exeunt {
  /** Settles when nothing of another session is left here. Read what the browser keeps after that. */
  readonly ready: Promise<void>;

  /**
   * Signs out, and leaves the page, for `returnTo` if that is a path of this site. With the scope `others` it stays.
   *
   * Gives the server's receipt; or nothing, when the server cannot be reached: it is told as soon as it can be. Throws
   * `StillSignedInError` when nobody was signed out: the page is as it was, but requests under way were given up.
   */
  signOut(how?: { scope?: Scope; returnTo?: string }): Promise<Receipt | undefined>;

  /**
   * As `window.fetch`, for as long as this page's session lives: after that nothing is sent, and no answer can be read.
   *
   * An own server's 401 is tried once more after a refresh. What comes too late throws `SignedOutError`.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;

  /** From here on the page goes when its session does, whoever ended it, and Back shows it to nobody else. */
  watch(): void;

  /**
   * Calls a function when the session is over, to reset what the application holds in memory. It may be called twice.
   *
   * Gives a function that takes it back.
   */
  onSignedOut(reset: () => unknown): () => void;
}

/** Refuses an answer that comes too late. Show nothing for it. */
export class SignedOutError extends Error {}

/** Nobody was signed out and nothing was cleared. Say so to whoever asked for it. */
export class StillSignedInError extends Error {
  constructor(why: string, status?: number, retryAfterSeconds?: number);
  /** Of the server's answer; 0 when there was none. */
  readonly status: number;
  readonly retryAfterSeconds: number;
}

export function createExeunt(options?: Options): Exeunt;

/** For `onSignedOut`: forgets what React Query's `QueryClient` holds. */
export function reactQuery(client: { cancelQueries(): unknown; clear(): void }): () => Promise<void>;

/**
 * For `onSignedOut`: forgets what SWR holds. Both are those of `useSWRConfig()`; `mutate` alone does not reach what
 * `useSWRInfinite` and `useSWRSubscription` keep in the cache.
 */
export function swr(
  mutate: (keys: () => boolean, data: undefined, options: { revalidate: false }) => unknown,
  cache?: { keys(): Iterable<string>; delete(key: string): unknown },
): () => Promise<void>;
