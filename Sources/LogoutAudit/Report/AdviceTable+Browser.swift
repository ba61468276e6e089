extension AdviceTable {
    static let inBrowsers = [
        Topic(
            probes: ["browser-back", "browser-back-cached"],
            why:
                "Whoever sits down next presses Back. `no-store` keeps a page out of the cache; from its memory a browser may show even such a page, unless a cookie has changed or the page looks whether it is shown again.",
            fixes: [
                "`Cache-Control: no-store` on protected pages, `res.clearCookie` at the sign-out, and in the page `addEventListener('pageshow', (e) => e.persisted && location.reload())`.",
                "The same header from `headers()`; in the root layout of signed-in pages a client component that reloads on `pageshow` with `persisted`.",
                "`@never_cache`; in the base template of signed-in pages a script that reloads on `pageshow` with `persisted`.",
                "`no_store` in a `before_action`, a script that reloads on `pageshow` with `persisted`; with Turbo `<meta name=\"turbo-cache-control\" content=\"no-cache\">`.",
                "The `cache.headers:no_store` middleware, and a script in the layout that reloads on `pageshow` with `persisted`; with Livewire or Inertia clear the history as they say.",
                "Leave `headers().cacheControl()` on, and add a script to the layout that reloads on `pageshow` with `persisted`.",
                "Set `Cache-Control: no-store` behind the authenticator, and add a script to the template that reloads on `pageshow` with `persisted`.",
            ]),
        Topic(
            probes: ["browser-storage", "browser-indexeddb", "browser-cache-storage", "browser-service-worker"],
            why:
                "What scripts have stored outlives the session: whoever uses the browser next reads it, or is shown it by the page.",
            fixes: each(
                "Answer the sign-out with `Clear-Site-Data: \"storage\"`, or clear in the page's script: `localStorage.clear()`, `sessionStorage.clear()`, `indexedDB.deleteDatabase`, `caches.delete`, `registration.unregister()`.",
                in: [
                    "`res.set('Clear-Site-Data', '\"storage\"')` in the handler.",
                    "`new Response(null, { headers: { 'Clear-Site-Data': '\"storage\"' } })` from the route handler; `queryClient.clear()` and its persister too.",
                    "`response['Clear-Site-Data'] = '\"storage\"'` in the view or a `LogoutView` subclass.",
                    "`response.set_header('Clear-Site-Data', '\"storage\"')` in the controller.",
                    "`->header('Clear-Site-Data', '\"storage\"')` on the redirect.",
                    "`addLogoutHandler(new HeaderWriterLogoutHandler(new ClearSiteDataHeaderWriter(Directive.STORAGE)))`.",
                    "`response.headers[.init(\"Clear-Site-Data\")!] = \"\\\"storage\\\"\"` in the handler.",
                ])),
        Topic(
            probes: ["browser-other-tabs"],
            why:
                "Who has signed out in one tab believes to have left. Another tab that goes on showing letters or accounts says nothing of it.",
            fixes: each(
                "Tell the tabs: `new BroadcastChannel('session').postMessage('ended')`, and let each empty itself and go to the sign-in; look again when a tab becomes visible.",
                in: [
                    "A small script in the pages does it.",
                    "Auth.js's `SessionProvider` with `refetchOnWindowFocus` does it; else a client component in the layout.",
                    "A small script in the base template does it.",
                    "A Stimulus controller in the layout does it; Turbo Streams or Action Cable tell other devices, too.",
                    "A small script in the layout does it; Echo tells other devices, too.",
                    "A small script in the layout does it.",
                    "A small script in the template does it.",
                ])),
        Topic(
            probes: ["browser-reopened"],
            why:
                "The user has clicked “Sign out”, and the browser is still signed in: what the button does is not what the sign-out's request does.",
            fixes: each(
                "Let the button send the request that ends the session, wait for its answer, and only then forget what the page knows.",
                in: [
                    "`req.session.destroy()` must have been called when the page says goodbye.",
                    "`await signOut()` or `await fetch('/logout', { method: 'POST' })` before `router.push`.",
                    "A form that POSTs to `logout` suffices.",
                    "`button_to 'Sign out', logout_path, method: :delete` suffices.",
                    "A form that POSTs to `logout` suffices; of an SPA, `await axios.post('/logout')`.",
                    "A form that POSTs to `/logout` suffices; of an SPA, wait for its answer.",
                    "A form that POSTs to the route suffices.",
                ])),
        Topic(
            probes: ["browser-next-user"],
            why:
                "One person is shown what is another's: by a cache on the server without the person in its key, or by what was left in the browser.",
            fixes: each(
                "Put the user into the key of every cache of private answers, answer them with `no-store`, and clear the page's own stores at the sign-out.",
                in: [
                    "Do not put apicache and the like before the middleware that knows the user.",
                    "No `unstable_cache` or `'use cache'` around what reads the session, unless the user's id is an argument.",
                    "`@cache_page` only with `@vary_on_cookie`; keys of `cache.get_or_set` with `request.user.pk`.",
                    "`Rails.cache.fetch([current_user, …])`; fragments with the user in their key.",
                    "`Cache::remember(\"letters.{$user->id}\", …)`.",
                    "`@Cacheable(key = \"#authentication.name\")`.",
                    "Keys with the user's id in the `PersistDriver` or your own cache.",
                ])),
    ]

    /// What is the same everywhere, with how it is written in each framework.
    private static func each(_ what: String, in frameworks: [String]) -> [String] {
        frameworks.map { "\(what) \($0)" }
    }
}
