import { NextResponse } from "next/server";
import { auth } from "./lib/auth.js";
import { guard } from "./lib/handlers.js";

/** Before every page and route, but for Exeunt's own, which judge by themselves, and what is everybody's. */
export function proxy(request) {
  return guard(auth(), request, (init) => NextResponse.next(init));
}

export const config = { matcher: ["/((?!exeunt/|_next/|favicon.ico).*)"] };
