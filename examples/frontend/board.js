// @ts-check
/** Notes in a query cache, in a copy on disk and in a service worker's cache, and the draft of one: all of it private. */
import { exeunt } from "./app.js";
import { openCopy, readCopy, writeCopy } from "./copy.js";
import { reactQuery, SignedOutError } from "./exeunt.js";
import { QueryCache } from "./query-cache.js";

const { React, ReactDOM } = /** @type {any} */ (window);
const h = React.createElement;
const draftKey = "notes:draft";

const queries = new QueryCache();
exeunt.onSignedOut(reactQuery(queries));
// For whoever wants to look, in the console or in a test.
Object.assign(window, { queryCache: queries });

/** Nothing of whoever was here before is read: it is gone once this is ready. */
const copy = exeunt.ready.then(openCopy);
exeunt.onSignedOut(() => copy.then((database) => database.close()));

/** Shows what there is, asks for what is new, and keeps that. */
async function load() {
  try {
    const database = await copy;
    if (!queries.get("notes")) await queries.ask("notes", () => readCopy(database));
    const notes = await queries.ask("notes", async (signal) => {
      const answer = await exeunt.fetch("/notes", { signal });
      if (!answer.ok) throw new Error(`The notes cannot be shown now (${answer.status}). Try again in a moment.`);
      return /** @type {Promise<string[]>} */ (answer.json());
    });
    if (notes) writeCopy(database, notes);
  } catch (error) {
    if (!(error instanceof SignedOutError)) console.warn(error);
  }
}

function Board() {
  const notes = /** @type {string[]} */ (React.useSyncExternalStore(queries.subscribe, () => queries.get("notes")));
  return h(
    React.Fragment,
    null,
    h(NewNote),
    h("ul", null, ...(notes ?? []).map((note, index) => h("li", { key: index }, note))),
  );
}

function NewNote() {
  const [draft, setDraft] = React.useState("");
  const [said, say] = React.useState("");
  React.useEffect(() => void exeunt.ready.then(() => setDraft(localStorage.getItem(draftKey) ?? "")), []);

  /** @param {string} text */
  const write = (text) => {
    setDraft(text);
    if (text) localStorage.setItem(draftKey, text);
    else localStorage.removeItem(draftKey);
  };

  /** @param {Event} event */
  const keep = async (event) => {
    event.preventDefault();
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ text: draft });
    try {
      const answer = await exeunt.fetch("/notes", { method: "POST", headers, body });
      say(answer.ok ? "" : `It is not kept yet (${answer.status}). Try again in a moment.`);
      if (!answer.ok) return;
      write("");
      await load();
    } catch (error) {
      if (!(error instanceof SignedOutError)) say("It is not kept yet: there is no network.");
    }
  };

  return h(
    "form",
    { onSubmit: keep },
    h(
      "label",
      null,
      "A new note",
      h("textarea", {
        required: true,
        maxLength: 500,
        value: draft,
        onChange: (/** @type {{ target: HTMLTextAreaElement }} */ { target }) => write(target.value),
      }),
    ),
    h("button", null, "Keep it"),
    said && h("p", { role: "alert" }, said),
  );
}

ReactDOM.createRoot(document.querySelector("#board")).render(h(Board));
void load();
// The very first answer came before there was a service worker to keep it.
navigator.serviceWorker?.addEventListener("controllerchange", () => void load());
