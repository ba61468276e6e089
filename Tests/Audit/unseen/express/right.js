import { serve } from "./kit.js";
import { shop } from "./shop.js";

serve(shop());
