/**
 * A process of its own that follows the authority and says on each line what it finds of a token that a line of its
 * input brings. Told by its arguments what a verifier is to be told.
 */
import { createInterface } from "node:readline";
import { Verifier } from "../src/index.js";

const verifier = new Verifier(JSON.parse(process.argv[2]));
await verifier.untilLive();
console.log(JSON.stringify({ event: "ready" }));
for await (const token of createInterface({ input: process.stdin })) {
  const found = await verifier.verify(token).then(
    () => "accepted",
    ({ code }) => code,
  );
  console.log(found);
}
