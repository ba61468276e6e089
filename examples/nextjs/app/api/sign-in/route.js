import { auth } from "../../../lib/auth.js";
import { signIn } from "../../../lib/handlers.js";

export const POST = (request) => signIn(auth(), request);
