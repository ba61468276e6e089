/** @typedef {import("../../clients/node/src/core/verified-token.js").Identity} Identity */

/** Three forms that work without a script; the page's script takes them over where there is one. */
const signOutForms = `<footer>
      ${signOutForm("current", "Sign out", "/signed-out")}
      ${signOutForm("others", "Sign out elsewhere", "/")}
      ${signOutForm("everywhere", "Sign out everywhere", "/signed-out")}
    </footer>`;

/** @param {string} [message] */
export function signInPage(message) {
  return page(
    "Sign in",
    `<h1>Notes</h1>
    ${message ? `<p role="alert">${escaped(message)}</p>` : ""}
    <form method="post" action="/sign-in">
      <label>Name <input name="name" autocomplete="username" required></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <button>Sign in</button>
    </form>`,
  );
}

/**
 * @param {Identity} identity
 * @param {string[]} notes
 * @param {string} [notice]
 */
export function notesPage(identity, notes, notice) {
  return page(
    `Notes of ${identity.subject}`,
    `<h1>Notes of ${escaped(identity.subject)}</h1>
    ${notice ? `<p role="status">${escaped(notice)}</p>` : ""}
    <form method="post" action="/notes">
      <label>A new note <input name="text" required maxlength="500"></label>
      <button>Keep it</button>
    </form>
    <ul id="notes">${notes.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>
    <p><a href="/board">Board</a></p>
    <form method="post" action="/password">
      <label>A new password <input name="password" type="password" autocomplete="new-password" required></label>
      <button>Change it</button>
    </form>
    ${signOutForms}`,
    privateHead(identity, '<script type="module" src="/static/app.js"></script>'),
  );
}

/**
 * The page that the browser fills by itself.
 * @param {Identity} identity
 */
export function boardPage(identity) {
  return page(
    "Board",
    `<h1>Board</h1>
    <div id="board"></div>
    <p><a href="/">Notes</a></p>
    ${signOutForms}`,
    privateHead(
      identity,
      `<script defer src="/static/react.js"></script>
    <script defer src="/static/react-dom.js"></script>
    <script type="module" src="/static/board.js"></script>`,
    ),
  );
}

export function signedOutPage() {
  return page("Signed out", `<h1>You are signed out</h1><p><a href="/">Sign in again</a></p>`);
}

/** @param {string} message */
export function failurePage(message) {
  return page("Not now", `<h1>Not now</h1><p role="alert">${escaped(message)}</p><p><a href="/">Back</a></p>`);
}

/**
 * What a private page has: the session that it was made for, which the browser's half compares.
 * @param {Identity} identity
 * @param {string} scripts
 */
function privateHead(identity, scripts) {
  return `<meta name="exeunt-session" content="${identity.sessionId}">
    ${scripts}`;
}

/**
 * @param {string} scope
 * @param {string} label
 * @param {string} place
 */
function signOutForm(scope, label, place) {
  return `<form method="post" action="/exeunt/logout">
        <input type="hidden" name="scope" value="${scope}">
        <input type="hidden" name="return_to" value="${place}">
        <button data-sign-out="${scope}">${label}</button>
      </form>`;
}

/**
 * @param {string} title
 * @param {string} body
 */
function page(title, body, head = "") {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="/static/style.css">
    ${head}
  </head>
  <body>
    <main>${body}</main>
  </body>
</html>
`;
}

/** @type {Record<string, string>} */
const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
