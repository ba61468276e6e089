import { api } from "./api.js";
import { serve } from "./kit.js";

serve(api({ whole: false }));
