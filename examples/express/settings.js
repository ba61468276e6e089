/** What the application is told by its environment. */
export function readSettings(environment = process.env) {
  /** @param {string} name */
  const needed = (name) => {
    const value = environment[name];
    if (value) return value;
    throw new Error(`${name} is not set; examples/express/run.sh sets all that is needed`);
  };
  const port = Number(environment.NOTES_PORT || 8101);
  const lease = environment.NOTES_LEASE_MILLISECONDS;
  /** Where browsers find it, behind a proxy that speaks TLS; by itself it is plain http, for this machine alone. */
  const url = environment.NOTES_URL;
  return {
    port,
    isSecure: url?.startsWith("https:") ?? false,
    /** `name:password` for each user; made up at the start if there are none. */
    passwords: environment.NOTES_PASSWORDS,
    exeunt: {
      issuer: needed("NOTES_AUTHORITY"),
      endpoint: environment.NOTES_AUTHORITY_ENDPOINT || undefined,
      clientId: needed("NOTES_CLIENT_ID"),
      clientSecret: needed("NOTES_CLIENT_SECRET"),
      leaseMilliseconds: lease ? Number(lease) : undefined,
      origins: url ? [url] : [`http://localhost:${port}`, `http://127.0.0.1:${port}`],
      afterSignOut: "/signed-out",
    },
  };
}
