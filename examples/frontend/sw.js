// @ts-check
/** Keeps the last answer of /notes for when there is no network, until it is told to forget it. */

const worker = /** @type {any} */ (globalThis);
const cacheName = "notes";
/** Counts how often it was told to forget, so that an answer that comes later is not kept. */
let forgotten = 0;

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data !== "forget") return;
  forgotten += 1;
  event.waitUntil(caches.delete(cacheName));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).pathname === "/notes") event.respondWith(answer(event));
});

/** @param {any} event */
async function answer(event) {
  const asked = forgotten;
  try {
    const response = await fetch(event.request);
    if (response.ok) event.waitUntil(keep(event.request, response.clone(), asked));
    else if (response.status === 401) await caches.delete(cacheName);
    return response;
  } catch (error) {
    const kept = await caches.match(event.request, { cacheName });
    if (kept) return kept;
    throw error;
  }
}

/**
 * @param {Request} request
 * @param {Response} response
 * @param {number} asked how often it had been told to forget when this was asked for
 */
async function keep(request, response, asked) {
  if (asked !== forgotten) return;
  const cache = await caches.open(cacheName);
  await cache.put(request, response);
  if (asked !== forgotten) await caches.delete(cacheName);
}
