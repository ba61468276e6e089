/**
 * Whether a token is still good, by its claims; its signature and its times have been checked before.
 *
 *     node check.mjs redis://localhost:6379 <claims.json      or the path of a socket
 *
 * Exit status: 0 it is, 1 it has been ended, 2 that cannot be known now (answer 503).
 */
import { text } from "node:stream/consumers";
import { createClient } from "redis";

/**
 * Whether it has been ended; throws where nobody can know, which is a 503.
 * @param {import("redis").Client} redis
 * @param {{ sub: string, sid: string, jti: string, ver: number, gen: number }} claims
 */
export async function isOver(redis, { sub, sid, jti, ver, gen }, prefix = "exeunt") {
  const names = ["live", "all", `subject:${sub}`, `session:${sid}`, `token:${jti}`];
  // Commands of one moment share a round trip.
  const [values, server] = await Promise.all([redis.mGet(names.map((name) => `{${prefix}:1}:${name}`)), redis.info("server")]);
  const [live, epoch, subject, session, token] = values;
  if (!live || !server.includes(`run_id:${live}\r\n`)) throw new Error("nobody vouches for this Redis");
  const [version, spared] = (subject ?? "0").split(" ");
  return session !== null || token !== null || gen < Number(epoch ?? 0) || (ver < Number(version) && sid !== spared);
}

if (process.argv[1] === import.meta.filename) {
  const place = process.argv[2];
  const options = { connectTimeout: 500, reconnectStrategy: () => new Error("Redis cannot be reached") };
  const socket = place.startsWith("/") ? { path: place, ...options } : options;
  const redis = createClient(place.startsWith("/") ? { socket } : { url: place, socket });
  redis.on("error", () => {});
  const late = setTimeout(() => process.exit(2), 2000);
  try {
    await redis.connect();
    process.exitCode = (await isOver(redis, JSON.parse(await text(process.stdin)), process.env.REDIS_PREFIX)) ? 1 : 0;
  } catch (error) {
    console.error(`${error}`);
    process.exitCode = 2;
  }
  clearTimeout(late);
  if (redis.isOpen) await redis.disconnect();
}
