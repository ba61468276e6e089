import { serve } from "./kit.js";
import { shop } from "./shop.js";

serve(shop({ leave: (response) => void response.set("Clear-Site-Data", "cache, cookies, storage") }));
