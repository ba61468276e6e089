/**
 * One route of an Express application, which does nothing to know who asks, or what is told by its first argument:
 * `nothing`, `exeunt`, or `redis`, a look-up of the session in Redis with each request.
 */
import express from "express";
import { createClient } from "redis";
import { exeunt } from "../../clients/node/src/express.js";

const answer = { subject: "somebody", notes: ["one", "two", "three"] };
const how = process.argv[2];
const app = express();
app.disable("x-powered-by");
app.disable("etag");

/** @type {Record<string, () => Promise<import("express").RequestHandler[]>>} */
const guards = {
  nothing: async () => [],
  exeunt: async () => {
    const auth = exeunt({
      issuer: process.env.ISSUER,
      clientId: process.env.CLIENT_ID,
      clientSecret: process.env.CLIENT_SECRET,
      origins: ["http://127.0.0.1"],
    });
    await auth.verifier.untilLive();
    return [auth.middleware(), auth.requireSession()];
  },
  redis: async () => {
    const client = createClient({ url: `redis://127.0.0.1:${process.env.REDIS_PORT}` });
    await client.connect();
    return [
      async (req, res, next) => {
        const id = /(?:^|; )access=([^;]+)/.exec(req.headers.cookie ?? "")?.[1];
        const kept = await client.get(`sess:${id?.slice(-43)}`);
        if (kept === null) return res.sendStatus(401);
        req.session = JSON.parse(kept);
        next();
      },
    ];
  },
};

app.get("/", ...(await guards[how]()), (req, res) => res.json(answer));
const server = app.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "ready", url: `http://127.0.0.1:${server.address().port}` }));
});
process.once("SIGTERM", () => process.exit(0));
