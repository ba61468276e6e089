export default function Page() {
  return (
    <>
      <h1>You are signed out</h1>
      <p>
        <a href="/sign-in">Sign in again</a>
      </p>
    </>
  );
}
