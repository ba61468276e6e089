const messages = { wrong: "That is not right.", later: "Nobody can sign in now. Try again in a moment." };

/** A plain form: its answer is a new page, in which nothing of anybody before is left. */
export default async function Page({ searchParams }) {
  const shown = await searchParams;
  const message = Object.keys(messages).find((name) => name in shown);
  return (
    <>
      <h1>Notes</h1>
      {message && <p role="alert">{messages[message]}</p>}
      <form method="post" action="/api/sign-in">
        <label>
          Name <input name="name" autoComplete="username" required />
        </label>
        <label>
          Password <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button>Sign in</button>
      </form>
    </>
  );
}
