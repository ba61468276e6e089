import { options, serve } from "./kit.js";
import { shop } from "./shop.js";

serve(shop({ cookie: { ...options, httpOnly: process.env.STAGE === "prod" } }));
