/**
 * The application's own session of a browser, as express-session has it; `exeunt` is the mark: the session of ours that
 * it belongs to.
 * @typedef {object} AppSession
 * @property {string} [exeunt]
 * @property {(done: (error?: unknown) => void) => unknown} destroy
 * @property {(done: (error?: unknown) => void) => unknown} [regenerate]
 */
/** @typedef {{ session?: AppSession }} Holder */

/**
 * Marks the application's session as belonging to one of ours, from now on. One that belonged to another gives way to a
 * new one first: what it has is somebody else's.
 * @param {Holder} req
 * @param {string} sessionId
 */
export async function mark(req, sessionId) {
  if (req.session?.exeunt !== undefined) await renew(req);
  if (req.session) req.session.exeunt = sessionId;
}

/**
 * Lets nobody see an application's session whose own session is not the one of this request: it may have been ended
 * anywhere, and what hangs on it ends with it. And whatever a browser that is signed in is given to keep is marked, so
 * that nothing is left when its session ends.
 * @param {Holder} req
 * @param {string | undefined} sessionId the session of ours that this request is of
 * @param {boolean} isBrowser whether that is by cookies; who brings a bearer token keeps no cookie of the application
 */
export async function guard(req, sessionId, isBrowser) {
  if (isAnothers(req, sessionId)) await renew(req);
  if (isBrowser && sessionId !== undefined && req.session) req.session.exeunt = sessionId;
}

/**
 * Whether the application's session belongs to another session of ours than this request.
 * @param {Holder} req
 * @param {string | undefined} sessionId
 */
export function isAnothers(req, sessionId) {
  return req.session?.exeunt !== undefined && req.session.exeunt !== sessionId;
}

/**
 * Ends the application's session of this browser.
 * @param {Holder} req
 */
export async function destroy(req) {
  const { session } = req;
  if (session) await called((done) => session.destroy(done));
}

/**
 * Ends it, and begins a new one where the application's middleware can.
 * @param {Holder} req
 */
async function renew(req) {
  const { session } = req;
  if (session?.regenerate) await called((done) => session.regenerate?.(done));
  else await destroy(req);
}

/**
 * @param {(done: (error?: unknown) => void) => unknown} work
 * @returns {Promise<void>}
 */
function called(work) {
  return new Promise((resolve, reject) => {
    work((error) => (error ? reject(error) : resolve()));
  });
}
