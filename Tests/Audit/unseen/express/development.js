import { serve } from "./kit.js";
import { shop } from "./shop.js";

process.env.NODE_ENV = "development";
serve(shop());
