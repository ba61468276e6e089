import { auth } from "../../../lib/auth.js";

export const dynamic = "force-dynamic";

export const GET = (request) => auth().handlers.GET(request);
export const POST = (request) => auth().handlers.POST(request);
