import { auth } from "../../../lib/auth.js";
import { listNotes, writeNote } from "../../../lib/handlers.js";

export const dynamic = "force-dynamic";

export const GET = (request) => listNotes(auth(), request);
export const POST = (request) => writeNote(auth(), request);
