import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary = process.env.EXEUNT_BIN ?? fileURLToPath(new URL("../../../.build/debug/exeunt", import.meta.url));

/** Every process that a test has started, so that none is left behind. */
const started = new Set();
process.on("exit", () => started.forEach((child) => child.kill("SIGKILL")));

/** Our own environment with no setting of Exeunt's but these. */
function environmentWith(settings) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("EXEUNT_"));
  return { ...Object.fromEntries(inherited), ...settings };
}

/** Keeps this process alive while somebody waits; programs alone do not, so a test that failed hangs nothing. */
async function awake(promise) {
  const timer = setInterval(() => {}, 2 ** 30);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}

/** A program that says on a line of JSON when it is ready. */
export class Program {
  constructor(command, args, environment, input = "ignore") {
    const stdio = [input, "pipe", "pipe"];
    this.child = spawn(command, args, { env: environmentWith(environment), stdio });
    for (const part of [this.child, this.child.stdout, this.child.stderr]) part.unref();
    started.add(this.child);
    this.errors = "";
    this.child.stderr.on("data", (chunk) => (this.errors += chunk));
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.exit = once(this.child, "exit").then(([code]) => {
      started.delete(this.child);
      return code;
    });
  }

  /** The next line that it writes. */
  async line() {
    const { value, done } = await awake(this.lines.next());
    if (done) throw new Error(`it ended with ${await awake(this.exit)}: ${this.errors}`);
    return value;
  }

  async untilReady() {
    for (;;) {
      const line = await this.line();
      if (line.includes('"ready"')) return JSON.parse(line);
    }
  }

  /** Waits until it ends by itself, and gives its exit code. */
  async ended() {
    return awake(this.exit);
  }

  /** Asks it to stop, and gives its exit code. */
  async stop() {
    this.child.kill("SIGTERM");
    return awake(this.exit);
  }

  async kill() {
    this.child.kill("SIGKILL");
    await awake(this.exit);
  }

  /** Stops the process where it is, as a debugger or an overcommitted host does. */
  freeze() {
    this.child.kill("SIGSTOP");
  }

  thaw() {
    this.child.kill("SIGCONT");
  }
}

/** The real authority, on a folder of its own. */
export class Authority {
  static async start({ data, port = 0, settings = {} } = {}) {
    const authority = new Authority();
    authority.data = data ?? join(mkdtempSync(join(tmpdir(), "exeunt-node-")), "data");
    const environment = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`EXEUNT_${name.toUpperCase().replace(".", "_")}`, `${value}`]),
    );
    const args = ["serve", "--data", authority.data, "--listen", `127.0.0.1:${port}`];
    authority.program = new Program(binary, args, { EXEUNT_LOG_LEVEL: "warning", ...environment });
    authority.port = Number(new URL((await authority.program.untilReady()).url).port);
    authority.issuer = `http://localhost:${authority.port}`;
    return authority;
  }

  command(...args) {
    return execFileSync(binary, [...args, "--data", this.data], { encoding: "utf8", env: environmentWith({}) });
  }

  /** What a verifier needs to be told, as a new client with these scopes. */
  options(...scopes) {
    const wanted = (scopes.length > 0 ? scopes : ["feed", "sessions"]).flatMap((scope) => ["--scope", scope]);
    const client = JSON.parse(this.command("clients", "add", "tests", ...wanted, "--json"));
    return { issuer: this.issuer, clientId: client.client_id, clientSecret: client.client_secret, log: new HeardLog() };
  }

  /** Starts anew on the same folder and port. */
  async startAgain() {
    this.program = (await Authority.start({ data: this.data, port: this.port })).program;
  }

  async kill() {
    await this.program.kill();
  }

  async stop() {
    await this.program.stop();
    rmSync(join(this.data, ".."), { recursive: true });
  }
}

/** A log that keeps what it hears. */
export class HeardLog {
  lines = [];
  info = (message) => this.lines.push(message);
  warn = (message) => this.lines.push(message);
  error = (message) => this.lines.push(message);

  get text() {
    return this.lines.join("\n");
  }
}

/** Waits until something is so; the run's own patience is the bound. */
export async function eventually(isSo) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
