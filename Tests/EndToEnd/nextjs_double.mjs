// The server's half of examples/nextjs on a plain server that does with requests what Next does: first the proxy, then
// the route or the page. Next itself is not needed; the pages have the forms of the example and nothing else of it.
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { exeunt } from "../../clients/node/src/next.js";
import { guard, listNotes, signIn, writeNote } from "../../examples/nextjs/lib/handlers.js";

const port = Number(process.env.NOTES_PORT);
const origin = process.env.NOTES_URL || `http://localhost:${port}`;
const users = process.env.NOTES_PASSWORDS;
const auth = exeunt({
  issuer: process.env.NOTES_AUTHORITY,
  clientId: process.env.NOTES_CLIENT_ID,
  clientSecret: process.env.NOTES_CLIENT_SECRET,
  origins: [origin],
  afterSignOut: "/signed-out",
});

// Next sends `no-store` with a page that is made for each request.
const page = (body) =>
  new Response(`<!doctype html><title>Notes</title>${body}`, {
    headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });
const signInForm =
  '<h1>Notes</h1><form method="post" action="/api/sign-in"><input name="name">' +
  '<input name="password" type="password"><button>Sign in</button></form>';
const signOutForms = ["current", "others", "everywhere"].map(
  (scope) =>
    `<form method="post" action="/exeunt/logout"><input type="hidden" name="scope" value="${scope}">` +
    `<button>${scope}</button></form>`,
);

async function route(request) {
  const { pathname } = new URL(request.url);
  if (pathname === "/api/sign-in" && request.method === "POST") return signIn(auth, request, users);
  if (pathname === "/api/notes") return request.method === "POST" ? writeNote(auth, request) : listNotes(auth, request);
  if (pathname === "/sign-in") return page(signInForm);
  if (pathname === "/signed-out") return page("<h1>You are signed out</h1>");
  if (pathname !== "/") return new Response("Not found", { status: 404 });
  const identity = await auth.getSession(request);
  return page(`<h1>Notes of ${identity.subject}</h1>${signOutForms.join("")}`);
}

async function answer(request) {
  const body = await request.arrayBuffer();
  const again = (headers) =>
    new Request(request.url, { method: request.method, headers, body: body.byteLength ? body : undefined });
  const ours = again(request.headers);
  if (new URL(request.url).pathname.startsWith("/exeunt/")) {
    const handler = auth.handlers[request.method === "HEAD" ? "GET" : request.method];
    return handler ? handler(ours) : new Response(null, { status: 405 });
  }
  return guard(auth, ours, ({ request: { headers } }) => route(again(headers)));
}

const server = createServer(async (req, res) => {
  const left = new AbortController();
  res.on("close", () => left.abort());
  const body = req.method === "GET" || req.method === "HEAD" ? undefined : Readable.toWeb(req);
  try {
    const request = new Request(origin + req.url, {
      method: req.method,
      headers: Object.entries(req.headersDistinct).flatMap(([name, values]) => values.map((value) => [name, value])),
      body,
      duplex: "half",
      signal: left.signal,
    });
    const response = await answer(request);
    const cookies = response.headers.getSetCookie();
    for (const [name, value] of response.headers) if (name !== "set-cookie") res.setHeader(name, value);
    if (cookies.length) res.setHeader("Set-Cookie", cookies);
    res.writeHead(response.status);
    if (!response.body || req.method === "HEAD") return void res.end();
    Readable.fromWeb(response.body).on("error", () => res.destroy()).pipe(res);
  } catch (error) {
    console.error(error);
    if (!res.headersSent) res.writeHead(500);
    res.end();
  }
});

await auth.verifier.untilLive();
server.listen(port, "127.0.0.1", () => console.log(JSON.stringify({ event: "ready" })));
process.once("SIGTERM", async () => {
  await auth.close();
  server.closeAllConnections();
  server.close();
});
