/** Every cap and timeout of this package, with its unit and its reason. */

// Tokens and keys

/**
 * Characters of an access token worth reading: the authority's are below 1,000, and it reads no more than these either.
 */
export const tokenCharacters = 4096;
/** Characters of an access token at the least: a signature alone has 86. */
export const shortestTokenCharacters = 96;
/** Verified tokens remembered at the most, unless the application says otherwise: about a kilobyte each. */
export const cachedTokens = 16_384;
/** The most that an application may say: a gigabyte. */
export const mostCachedTokens = 1 << 20;
/** Tokens of the cache looked at each tick, for such as have expired: all of the usual capacity in half a minute. */
export const sweptTokens = 64;
/**
 * The allowed difference between clocks, unless the application says otherwise, and at the most, in milliseconds. The
 * latter is half of what the authority keeps a revocation beyond the tokens that it ends, because a clock that is so
 * far behind accepts them for so long after their expiry.
 */
export const clockSkewMilliseconds = 5000;
export const mostClockSkewMilliseconds = 30_000;
/**
 * Public keys in one set: the one that signs, and those that tokens of the last quarter of an hour were signed with.
 */
export const keys = 64;
/** Members of a JSON object that is read strictly, and the depth of what is in it: a token's claims are a dozen. */
export const jsonMembers = 64;
export const jsonDepth = 8;
/** The latest moment that a token or a record may name, in seconds since 1970; its milliseconds are exact numbers. */
export const latestSeconds = 2 ** 42;

// Following

/** The shortest lease that can be kept up over a network, and the longest worth asking for, in milliseconds. */
export const shortestLeaseMilliseconds = 100;
export const longestLeaseMilliseconds = 3_600_000;
/** Bytes of one answer of the feed: ten thousand records of the longest subjects. */
export const feedAnswerBytes = 32 << 20;
/** Records that are looked at, for such as may be forgotten, with each answer: a pause that nobody notices. */
export const sweptRecords = 6144;
/** How often subjects' records are looked through at the most, in milliseconds. */
export const subjectSweepMilliseconds = 1000;
/**
 * The first and the longest pause after a poll that failed, in milliseconds; what is taken at random is half to all.
 */
export const firstPauseMilliseconds = 50;
export const longestPauseMilliseconds = 1000;
/**
 * How long a poll asks to be held at the most, in milliseconds: the authority holds none longer, and who asks for more
 * would take it for one that does not hold them.
 */
export const longestPollMilliseconds = 20_000;
/** How long a poll may take beyond the time for which it asks to be held, at the least, in milliseconds. */
export const pollGraceMilliseconds = 250;
/** How often the lease is looked at, and expired tokens are looked for, in milliseconds. */
export const tickMilliseconds = 100;
/** How often a key that is not known makes the verifier fetch the keys: anybody can name a key that there is not. */
export const keyMissMilliseconds = 1000;
/** Streams and sockets that wait to hear of the end of their session. */
export const watchers = 100_000;

// Talking to the authority

/** Bytes of any other answer of the authority. */
export const answerBytes = 1 << 20;
/** How long a question may take, in milliseconds. */
export const questionMilliseconds = 5000;
/** How long making a connection may take, in milliseconds. */
export const connectMilliseconds = 2000;
/**
 * How long a connection is kept that nobody uses: less than any authority or proxy does, which would cut a question
 * off.
 */
export const idleConnectionMilliseconds = 30_000;
/** How long giving the lease back may take, in milliseconds; without it the authority waits the lease out. */
export const farewellMilliseconds = 2000;
/**
 * The longest pause that the authority can ask for (`Retry-After`), because a verifier that waits is a server that
 * refuses.
 */
export const longestRetryAfterSeconds = 5;
/** What a request that cannot be judged is told to wait for, in seconds. */
export const retryAfterSeconds = 1;
/** How long a sign-out waits until it is settled, in seconds; then its receipt says what is so. */
export const signOutWaitSeconds = 5;
/** Characters of a refresh token worth trying: the authority's are below 100. */
export const refreshTokenCharacters = 512;
/** Refreshes of browsers' tokens under way at once in one process. */
export const refreshes = 1024;
/** Pages of a list of sessions: ten thousand devices. A list that goes on beyond it makes no sense. */
export const sessionPages = 100;

// Talking to browsers

/** Bytes of a form or a JSON body that our own routes read: a scope and a place to return to. */
export const bodyBytes = 16_384;
/** Characters of a place to return to. */
export const returnCharacters = 2048;
/** How often an event stream says that it is alive, in milliseconds: below the idle limits of common proxies (60 s). */
export const heartbeatMilliseconds = 15_000;
/** How soon a browser opens a broken event stream anew, in milliseconds. */
export const reconnectMilliseconds = 1000;
/** Bytes of a stream that wait for a slow browser; one that reads nothing is cut off before it costs more. */
export const streamBytes = 4096;
/** How long requests under way may take to be finished while a server stops, in milliseconds. */
export const drainMilliseconds = 10_000;
/** How often connections that have become idle are closed while a server stops, in milliseconds. */
export const closingTickMilliseconds = 50;
