import { serve } from "./kit.js";
import { shop } from "./shop.js";

serve(shop({ id: () => Math.random().toString(36).slice(2) }));
