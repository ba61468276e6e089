import { createHmac, createSign, createVerify, generateKeyPairSync } from "node:crypto";
import { api } from "./api.js";
import { newId, serve } from "./kit.js";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = publicKey.export({ type: "spki", format: "pem" }).toString();

/** @param {unknown} value */
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** @param {string} text */
const read = (text) => JSON.parse(Buffer.from(text, "base64url").toString());

/** @param {string} family */
function access(family) {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part({ family, jti: newId(), exp })}`;
  return `${text}.${createSign("sha256").update(text).sign(privateKey, "base64url")}`;
}

/** @param {string} token */
function family(token) {
  const [header, body, seal] = token.split(".");
  if (!header || !body || !seal) return undefined;
  try {
    const { alg } = read(header);
    const text = `${header}.${body}`;
    const good =
      alg === "HS256"
        ? createHmac("sha256", pem).update(text).digest("base64url") === seal
        : alg === "RS256" && createVerify("sha256").update(text).verify(pem, seal, "base64url");
    const claims = read(body);
    return good && claims.exp > Date.now() / 1000 ? claims.family : undefined;
  } catch {
    return undefined;
  }
}

serve(
  api({ access, family, keys: (app) => void app.get("/key.pem", (_, response) => void response.type("text").send(pem)) }),
);
