import { generateKeyPairSync, sign } from "node:crypto";
import { PublicKeys } from "../src/core/public-keys.js";
import { TokenRules } from "../src/core/token-rules.js";
import { VerifierState } from "../src/core/verifier-state.js";

export const issuer = "https://accounts.example.com";
export const start = 1_800_000_000_000;

/** The identifier of a small number. */
export function id(number) {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(number, 12);
  return bytes.toString("base64url");
}

/** A key of ours, and what the authority would say of it. */
export class SigningKey {
  constructor(kid = "one") {
    this.pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.kid = kid;
    this.jwk = { ...this.pair.publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" };
  }

  /** A token of 15 minutes; the changes are to its payload. */
  token(changes = {}) {
    const payload = {
      iss: issuer,
      sub: "ada",
      aud: [issuer],
      exp: start / 1000 + 900,
      iat: start / 1000,
      jti: id(7),
      client_id: "notes",
      sid: id(9),
      ver: 0,
      gen: 0,
      auth_time: start / 1000,
      ...changes,
    };
    return this.sign(JSON.stringify({ typ: "at+jwt", alg: "ES256", kid: this.kid }), JSON.stringify(payload));
  }

  sign(header, payload) {
    const signed = [header, payload].map((part) => Buffer.from(part).toString("base64url")).join(".");
    const key = { key: this.pair.privateKey, dsaEncoding: "ieee-p1363" };
    return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
  }
}

export async function keySet(...keys) {
  return PublicKeys.read(Buffer.from(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })));
}

/** A verifier whose clocks, keys and news are the test's; it talks to nobody. */
export class TestVerifier {
  now = { moment: 50_000, wall: start };
  rules = new TokenRules(issuer, issuer, 5000);
  reading = () => this.now;

  /** One with a key and a lease of 3 seconds on a log of nothing. */
  static async make({ cacheCapacity = 64 } = {}) {
    const verifier = new TestVerifier();
    verifier.key = new SigningKey();
    verifier.state = new VerifierState(id(1), cacheCapacity);
    await verifier.setKeys(verifier.key);
    verifier.hear();
    return verifier;
  }

  async setKeys(...keys) {
    this.state.replaceKeys(await keySet(...keys), this.state.beginFetch(), "v");
  }

  /** The next records come, with a lease that counts from now; gives whom to tell. */
  hear(...records) {
    const after = this.state.follower.applied;
    const revocations = records.map((record, index) => ({ seq: after + index + 1, until: start + 965_000, ...record }));
    const through = after + records.length;
    const answer = { node: id(3), after, through, revocations, leaseMilliseconds: 3000, keysVersion: "v" };
    return this.state.receive(answer, this.now, this.now).ended;
  }

  pass(milliseconds) {
    this.now = { moment: this.now.moment + milliseconds, wall: this.now.wall + milliseconds };
  }
}
