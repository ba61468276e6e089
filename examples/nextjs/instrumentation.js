/** Called once when the server starts. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { auth } = await import("./lib/auth.js");
  // The lease is given back, so that no sign-out waits for a server that has gone.
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => auth().close());
  await auth().verifier.untilLive();
}
