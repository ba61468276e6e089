/** The verifiers of all languages take and refuse the same: clients/vectors/README.md says how they are read. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readFeedAnswer } from "../src/core/feed-answer.js";
import { look } from "../src/core/look.js";
import { PublicKeys } from "../src/core/public-keys.js";
import { TokenRules } from "../src/core/token-rules.js";
import { VerifierState } from "../src/core/verifier-state.js";

const folder = new URL("../../vectors/", import.meta.url);

/** A verifier whose clocks, keys and news are those of a scenario. */
class Machine {
  state = new VerifierState("AAAAAAAAAAAAAAAAAAAAAA", 64);
  polls = new Map();

  constructor(file) {
    this.now = { moment: file.moment_ms, wall: file.wall_ms };
    this.rules = new TokenRules(file.issuer, file.audience, file.clock_skew_ms);
  }

  pass({ milliseconds }) {
    this.now = { moment: this.now.moment + milliseconds, wall: this.now.wall + milliseconds };
  }

  set_wall({ by_milliseconds }) {
    this.now = { ...this.now, wall: this.now.wall + by_milliseconds };
  }

  poll({ name }) {
    this.polls.set(name, this.now);
  }

  answer({ text, to, taken }) {
    const answer = readFeedAnswer(text);
    const asked = to === undefined ? this.now : this.polls.get(to);
    assert.equal(answer !== undefined && this.state.receive(answer, asked, this.now).isOfUse, taken);
  }

  async keys({ text, taken }) {
    const fetch = this.state.beginFetch();
    const keys = await PublicKeys.read(Buffer.from(text)).catch(() => undefined);
    assert.equal(keys !== undefined, taken);
    if (keys) this.state.replaceKeys(keys, fetch);
  }

  async check({ token, found }) {
    const finding = await look(token, this.state, this.rules, () => this.now).then(
      () => "accepted",
      ({ code }) => code,
    );
    assert.equal(finding, found);
  }

  stop() {
    this.state.stop();
  }

  expect({ applied, held, live }) {
    const { follower } = this.state;
    const is = { applied: follower.applied, held: follower.revocations.size, live: follower.hasLease(this.now) };
    for (const [name, value] of Object.entries({ applied, held, live })) {
      if (value !== undefined) assert.equal(is[name], value, name);
    }
  }
}

for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const file = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  for (const scenario of file.scenarios) {
    test(`${name}: ${scenario.name}`, async () => {
      const machine = new Machine(file);
      await machine.keys({ text: file.keys, taken: true });
      for (const step of scenario.steps) await machine[step.do](step);
    });
  }
}
