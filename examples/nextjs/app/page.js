import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { auth } from "../lib/auth.js";
import { notesOf } from "../lib/notes.js";
import { SignOut } from "./sign-out.js";
import { Watch } from "./watch.js";

/**
 * One's own notes. The proxy has let nobody else come here; the page asks all the same, because it is what shows them.
 */
export default async function Page() {
  const identity = await auth().getSession(await cookies());
  if (!identity) redirect("/sign-in");
  return (
    <>
      <Watch session={identity.sessionId} />
      <h1>Notes of {identity.subject}</h1>
      <form method="post" action="/api/notes">
        <label>
          A new note <input name="text" required maxLength={500} />
        </label>
        <button>Keep it</button>
      </form>
      <ul id="notes">
        {notesOf(identity.subject).map((note, index) => (
          <li key={index}>{note}</li>
        ))}
      </ul>
      <SignOut scope="current" label="Sign out" />
      <SignOut scope="others" label="Sign out elsewhere" />
      <SignOut scope="everywhere" label="Sign out everywhere" />
    </>
  );
}
