import { exeunt } from "../../clients/node/src/express.js"; // in an application of your own: from "exeunt/express"
import { makeApp } from "./app.js";
import { Notes } from "./notes.js";
import { readSettings } from "./settings.js";
import { Users } from "./users.js";

/** A small application that lets Exeunt keep its sessions: you sign in, write notes, and sign out for real. */
const settings = readSettings();
const auth = exeunt(settings.exeunt);
const users = new Users(settings.passwords);
console.log(users.announcement);

await auth.verifier.untilLive();
const server = makeApp(auth, users, new Notes(), settings).listen(settings.port, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "ready", url: `http://localhost:${settings.port}` }));
});

// Requests are finished while there is still a lease; then it is given back, and nothing keeps the process alive.
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => auth.close(server));
