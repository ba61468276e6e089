// @ts-check
/** What every private page does: it goes when its session does, and signs out without leaving anything behind. */
import { createExeunt, StillSignedInError } from "./exeunt.js";

export const exeunt = createExeunt({
  clear: { localStorage: ["notes:*"], indexedDB: ["notes"], caches: ["notes"], serviceWorker: true },
});
exeunt.watch();

// A service worker lives on when its pages have gone, and so does what it was just about to keep.
exeunt.onSignedOut(() => navigator.serviceWorker?.controller?.postMessage("forget"));
navigator.serviceWorker?.register("/sw.js").catch((error) => console.warn("There is no copy for offline:", error));

const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-sign-out]"));

/**
 * Does what the button's form would do, and more: a form cannot empty what the browser keeps.
 * @param {HTMLButtonElement} button
 */
async function signOut(button) {
  const scope = /** @type {import("./exeunt.js").Scope} */ (button.dataset.signOut);
  for (const one of buttons) one.disabled = true;
  say("Signing out …");
  try {
    const receipt = await exeunt.signOut({ scope });
    if (scope === "others" && receipt) say(outcome(receipt));
  } catch (error) {
    const isSure = error instanceof StillSignedInError;
    say(isSure ? "That did not work: everything is as it was. Try again in a moment." : String(error));
  }
  for (const one of buttons) one.disabled = false;
}

/** @param {import("./exeunt.js").Receipt} receipt */
function outcome({ ended_sessions: count, settled }) {
  if (count === 0) return "There was no other session.";
  const sessions = count === 1 ? "One other session was ended." : `${count} other sessions were ended.`;
  return settled ? sessions : `${sessions} A server that is cut off may need a little longer to know.`;
}

/** @param {string} text */
function say(text) {
  const line = document.querySelector("#said") ?? document.createElement("p");
  line.id = "said";
  line.setAttribute("role", "status");
  line.textContent = text;
  document.querySelector("main")?.append(line);
}

for (const button of buttons) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    void signOut(button);
  });
}
document.documentElement.dataset.ready = "";
