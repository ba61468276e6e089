// @ts-check
/*
 * Touches that the pages can do without: local times that go on, forms that are sent once, passwords that are not
 * kept.
 */

const minute = 60_000;
/** How long a form waits for its answer before it may be sent again. */
const sendAgainMilliseconds = 10_000;

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [
  ["day", 24 * 60 * minute],
  ["hour", 60 * minute],
  ["minute", minute],
];
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang);
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

// The server's clock is the one that wrote the times; a wrong clock here must not bend them.
const now = Date.parse(document.querySelector("[data-now]")?.getAttribute("data-now") ?? "");
const ahead = Number.isNaN(now) ? 0 : now - Date.now();

/**
 * @param {number} milliseconds since it happened
 * @returns {string}
 */
function ago(milliseconds) {
  for (const [unit, length] of units) {
    if (milliseconds >= length) return relative.format(-Math.floor(milliseconds / length), unit);
  }
  return "just now";
}

function tick() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const then = Date.parse(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(then)) continue;
    time.textContent = ago(Date.now() + ahead - then);
    time.setAttribute("title", exact.format(then));
  }
}

/** @type {Map<HTMLFormElement, number>} */
const sent = new Map();

/** @param {HTMLFormElement} form */
function release(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.set(form, setTimeout(() => release(form), sendAgainMilliseconds));
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});

// A page kept for the Back button keeps no password, and its forms work again when it returns.
addEventListener("pagehide", () => {
  for (const input of document.querySelectorAll("input")) {
    if (input.type === "password") input.value = "";
  }
});
addEventListener("pageshow", () => {
  for (const form of sent.keys()) release(form);
});

tick();
setInterval(tick, minute / 2);
