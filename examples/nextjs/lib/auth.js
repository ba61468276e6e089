import { exeunt } from "exeunt/next";

/** @type {ReturnType<typeof exeunt> | undefined} */
let made;

/**
 * Exeunt for this process. It is made when it is first needed, because a build imports every module and has no
 * settings.
 *
 * Next bundles this module several times; all copies find the one verifier of the process.
 */
export function auth() {
  return (made ??= exeunt({
    issuer: process.env.NOTES_AUTHORITY ?? "",
    endpoint: process.env.NOTES_AUTHORITY_ENDPOINT || undefined,
    clientId: process.env.NOTES_CLIENT_ID ?? "",
    clientSecret: process.env.NOTES_CLIENT_SECRET ?? "",
    origins: [process.env.NOTES_ORIGIN ?? "http://localhost:3000"],
    afterSignOut: "/signed-out",
  }));
}
