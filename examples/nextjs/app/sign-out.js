"use client";

import { useState } from "react";
import { exeunt } from "./client.js";

/**
 * A form that works without a script. With one, the browser's half takes it over: it goes to the next page with
 * `location.replace`, so that whatever Next's router has kept of private pages is gone with the old one.
 */
export function SignOut({ scope, label }) {
  const [failure, setFailure] = useState("");
  const signOut = async (event) => {
    event.preventDefault();
    try {
      await exeunt().signOut({ scope });
    } catch {
      setFailure("You are still signed in. Try again in a moment.");
    }
  };
  return (
    <form method="post" action="/exeunt/logout" onSubmit={signOut}>
      <input type="hidden" name="scope" value={scope} />
      <input type="hidden" name="return_to" value={scope === "others" ? "/" : "/signed-out"} />
      <button>{label}</button>
      {failure && <p role="alert">{failure}</p>}
    </form>
  );
}
