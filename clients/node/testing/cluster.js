/** An Express application in two workers of a cluster, which the primary only starts and stops. */
import cluster from "node:cluster";
import express from "express";
import { exeunt } from "../src/express.js";

const options = JSON.parse(process.argv[2]);
const origin = `http://127.0.0.1:${options.port}`;
const auth = exeunt({ ...options, origins: [origin] });

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  let listening = 0;
  let left = workers.length;
  cluster.on("listening", () => {
    listening += 1;
    const { state } = auth.verifier.status();
    if (listening === workers.length) console.log(JSON.stringify({ event: "ready", state }));
  });
  cluster.on("exit", (worker, code) => {
    left -= 1;
    if (left === 0) process.exit(code);
  });
  process.on("SIGTERM", () => workers.forEach((worker) => worker.process.kill("SIGTERM")));
} else {
  const app = express();
  app.get("/private", auth.requireSession(), (req, res) => res.json({ worker: cluster.worker.id }));
  await auth.verifier.untilLive();
  const server = app.listen(options.port, "127.0.0.1");
  process.on("SIGTERM", async () => {
    await auth.close(server);
    process.disconnect();
  });
}
