/// What is run in pages.
///
/// Each is the body of a function.
enum BrowserScripts {
    /// The address, whether it has been read, what it shows, and whether it came without asking the server.
    static let state = """
        const texts = [];
        const walk = (root) => {
          for (const element of root.querySelectorAll("*"))
            if (element.shadowRoot) {
              for (const child of element.shadowRoot.children) texts.push(child.innerText ?? "");
              walk(element.shadowRoot);
            }
        };
        texts.push(document.body?.innerText ?? "");
        walk(document);
        const entry = performance.getEntriesByType("navigation")[0];
        return {
          still: !document.scripts.length && !document.querySelector("meta[http-equiv=refresh i], iframe"),
          address: location.href, ready: document.readyState, text: texts.join("\\n").slice(0, arguments[0]),
          stored: entry ? entry.transferSize === 0 : false, worker: entry ? entry.workerStart > 0 : false,
        };
        """

    /// The page as the server sends it.
    static let source = """
        return fetch(location.href, { cache: "no-store" }).then((answer) => answer.text())
          .then((text) => text.slice(0, arguments[0]), () => "");
        """

    /// Everything that the site keeps.
    static let stored = """
        const [limit, characters] = arguments;
        const things = [];
        const counts = {};
        const cut = (value) => {
          let text;
          try { text = typeof value === "string" ? value : JSON.stringify(value); } catch { text = undefined; }
          return (text ?? String(value)).slice(0, characters);
        };
        const add = (kind, place, key, value) => {
          counts[kind] = (counts[kind] ?? 0) + 1;
          if (counts[kind] <= limit) things.push([kind, place, cut(key), cut(value)]);
        };
        const wait = (request, done) => new Promise((resolve) => {
          request.onsuccess = () => done(request.result, resolve);
          request.onerror = request.onblocked = () => resolve(null);
        });
        const storages = { localStorage: () => localStorage, sessionStorage: () => sessionStorage };
        for (const [kind, storage] of Object.entries(storages))
          try { for (const [key, value] of Object.entries(storage())) add(kind, "", key, value); } catch {}
        const databases = async () => {
          for (const { name } of await indexedDB.databases()) {
            const opening = indexedDB.open(name);
            opening.onupgradeneeded = () => opening.transaction.abort();
            const database = await wait(opening, (result, resolve) => resolve(result));
            if (!database) continue;
            for (const store of database.objectStoreNames)
              await wait(database.transaction(store).objectStore(store).openCursor(), (cursor, resolve) => {
                if (!cursor) return resolve(null);
                add("IndexedDB", `${name}/${store}`, cursor.key, cursor.value);
                cursor.continue();
              });
            database.close();
          }
        };
        const isCode = (type) => /javascript|css|font|image|wasm/.test(type ?? "");
        const answers = async () => {
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of (await cache.keys()).slice(0, limit)) {
              const answer = await cache.match(request);
              if (answer && !isCode(answer.headers.get("Content-Type")))
                add("Cache Storage", name, request.url, await answer.text());
            }
          }
        };
        const registrations = async () =>
          (await navigator.serviceWorker.getRegistrations()).map((registration) => registration.scope);
        return databases().catch(() => {}).then(answers).catch(() => {}).then(registrations).catch(() => [])
          .then((workers) => ({ things, workers }));
        """

    /// Fetches addresses as a page of the site does: `[status, address, type, text]` of each.
    static let fetched = """
        const [paths, characters] = arguments;
        const get = async (path) => {
          const answer = await fetch(path, { cache: "no-store", headers: { Accept: "text/html,application/json;q=0.9,*/*;q=0.8" } });
          const text = (await answer.text()).slice(0, characters);
          return [answer.status, answer.url, answer.headers.get("Content-Type") ?? "", text];
        };
        return Promise.all(paths.map((path) => get(path).catch(() => [0, "", "", ""])));
        """

    /// The forms of the page with what is in them, and its links.
    static let controls = """
        const text = (element) => (element.innerText || element.value || element.getAttribute("aria-label") || "").trim();
        const isButton = (element) => ["submit", "image"].includes(element.type);
        const forms = [...document.forms].map((form) => ({
          action: form.getAttribute("action"), method: form.method, form,
          fields: [...form.elements].filter((element) => element.name && !isButton(element) && element.type !== "button")
            .map((element) => ({ name: element.name, type: element.type, element })),
          buttons: [...form.elements].filter(isButton).map((element) => ({
            name: element.name, text: text(element), action: element.getAttribute("formaction"), element })),
        }));
        const links = [...document.links].map((element) => ({ action: element.href, text: text(element), element }));
        return { forms, links: links.slice(0, 500) };
        """

    /// What a selector or a text means; of several things with the text, the innermost.
    static let place = """
        const [selector, text] = arguments;
        if (selector) return document.querySelector(selector);
        const flat = (value) => (value ?? "").split(/\\s+/).join(" ").trim();
        const shown = (element) => flat(element.innerText || element.value || element.getAttribute("aria-label"));
        const controls = [...document.querySelectorAll("button, a, input, [role=button], [role=menuitem], summary")];
        return controls.find((element) => shown(element) === text)
          ?? controls.find((element) => shown(element).includes(text))
          ?? [...document.querySelectorAll("body *")].filter((element) => shown(element).includes(text)).pop() ?? null;
        """

    /// Sets a field that nobody types into.
    static let set = """
        const [element, value] = arguments;
        const isTicked = element.type === "checkbox" || element.type === "radio";
        if (isTicked) { if (!element.checked) element.click(); return; }
        element.value = value;
        for (const name of ["input", "change"]) element.dispatchEvent(new Event(name, { bubbles: true }));
        """

    /// Lets a form be sent whatever its fields say: a test's account may have a name that is no address.
    static let unchecked = "arguments[0].noValidate = true"

    /// Sends a form that has no button.
    static let submit = "arguments[0].requestSubmit()"
}
