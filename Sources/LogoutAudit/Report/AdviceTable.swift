/// What to do about each kind of finding, for each framework.
enum AdviceTable {
    static let frameworks = ["Express", "Next.js", "Django", "Rails", "Laravel", "Spring", "Hummingbird"]

    struct Topic: Sendable {
        var probes: [String]
        var why: String
        /// One for each of the frameworks, in their order.
        var fixes: [String]
    }

    static let topics = endings + requests + browsers + inBrowsers

    private static let endings = [
        Topic(
            probes: ["sign-out-works", "session-cookie-replay", "credentials-together-replay", "request-race"],
            why:
                "Whoever has a copy of the cookie (from a proxy's log, a backup, malware, a shared computer) stays signed in after the user has left.",
            fixes: [
                "Keep sessions on the server (express-session with a store) and call `req.session.destroy()`; set `resave: false`, so that a late request cannot write the session back. cookie-session cannot end anything.",
                "Store a session id in the cookie and delete the row in a route handler; with Auth.js use the database strategy, or check a denylist in the `jwt` callback.",
                "Call `logout(request)`, with the database, cache or cached_db engine. `signed_cookies` keeps nothing on the server that could be ended.",
                "Use activerecord-session_store or a cache store and call `reset_session`; the default CookieStore holds the session in the browser.",
                "`Auth::logout(); $request->session()->invalidate(); $request->session()->regenerateToken();` with any driver but `cookie`.",
                "Keep `invalidateHttpSession(true)` in `logout { }`; with Spring Session delete by id from the repository.",
                "Delete the session from the `SessionStorage` under its id in the handler, before the cookie is expired.",
            ]),
        Topic(
            probes: ["access-token-after-logout", "jwt-expiry"],
            why:
                "A token that is checked by its signature alone is good until it expires, whatever the user has ended.",
            fixes: [
                "Give it minutes to live, and look up its `jti` or `sid` among the ended ones in the middleware that verifies it.",
                "Verify in the data access layer of the server and look up the session there; middleware that checks a signature is not enough.",
                "simplejwt: short ACCESS_TOKEN_LIFETIME, and an authentication class that also checks the session or a blacklist for access tokens.",
                "devise-jwt: a revocation strategy (JTIMatcher, Denylist or Allowlist) instead of Null.",
                "Prefer Sanctum tokens, which are rows, and delete them; for Passport revoke the token in the database.",
                "Use opaque tokens with introspection, or a `JwtValidator` that rejects ended `sid`s.",
                "After `keys.verify` look the `sid` up among the ended sessions in the authenticator middleware.",
            ]),
        Topic(
            probes: ["refresh-after-logout", "refresh-race"],
            why: "A refresh token that outlives the session makes new access tokens for as long as it lives.",
            fixes: [
                "Keep a hash of each refresh token with its session; delete it in the transaction that ends the session, and check it in the one that rotates.",
                "Delete the stored refresh token in the sign-out's handler, not only the cookie.",
                "simplejwt: install `token_blacklist` and blacklist the refresh token in the sign-out view.",
                "Doorkeeper: revoke the token and its refresh token at sign-out.",
                "Passport: `$token->revoke()` and `$token->refreshToken->revoke()`.",
                "Remove the `OAuth2Authorization` at sign-out, which holds both tokens.",
                "Delete the token's row and that of its session in one transaction; rotate by compare-and-set on that row.",
            ]),
        Topic(
            probes: ["refresh-rotation", "refresh-reuse", "refresh-reuse-consequence"],
            why: "Without rotation, and an end when an old token comes back, a stolen refresh token is never noticed.",
            fixes: [
                "Store the family of each token; when one that was replaced comes back, delete the family.",
                "Rotate in the route handler that refreshes, and end the session when an old token comes back.",
                "simplejwt: ROTATE_REFRESH_TOKENS and BLACKLIST_AFTER_ROTATION; end the user's outstanding tokens when a blacklisted one is used.",
                "Doorkeeper: `use_refresh_token` with `revoke_previous_refresh_token_on_use`.",
                "Passport replaces refresh tokens; listen for failed refreshes and revoke what was issued to that client and user.",
                "`TokenSettings.reuseRefreshTokens(false)`; remove the authorization when a replaced token comes back.",
                "Keep family and generation with the token; a generation that is too low ends the family.",
            ]),
        Topic(
            probes: ["remember-me-alone"],
            why: "The remember-me cookie is a password in the browser; after a sign-out it must sign nobody in.",
            fixes: [
                "Delete the stored remember token of this device at sign-out (passport-remember-me: in the logout handler).",
                "Delete the row of the long-lived token at sign-out, and its cookie.",
                "Django has none of its own; with a package, delete its token in a `user_logged_out` receiver.",
                "Devise: `forget_me!` runs at sign-out; keep `expire_all_remember_me_on_sign_out = true`.",
                "`Auth::logout()` renews the remember token; do not replace it by deleting the cookie alone.",
                "Use `PersistentTokenBasedRememberMeServices`, whose tokens the sign-out removes; hash-based ones cannot be ended.",
                "Delete the remember token's row in the sign-out's handler.",
            ]),
        Topic(
            probes: ["everywhere", "others", "end-device", "password-change", "old-session-after-sign-in"],
            why: "When a device is lost or a password leaks, this is what people count on to shut the others out.",
            fixes: [
                "Store the user's id with each session, so that all of them can be deleted at once.",
                "Use the database strategy and delete the user's rows, all or all but one.",
                "Change the session's hash (`update_session_auth_hash` for this one; the others end), or delete the user's sessions from a table that records them.",
                "Store sessions with `user_id`, or compare a per-user generation on every request and raise it.",
                "`Auth::logoutOtherDevices($password)` with the `auth.session` middleware on all routes; delete rows of the `sessions` table.",
                "`FindByIndexNameSessionRepository` of Spring Session finds a principal's sessions; or a `SessionRegistry` with `expireNow()`.",
                "Keep an index from user to sessions in the store, and delete by it.",
            ]),
        Topic(
            probes: ["event-stream-after-logout", "websocket-after-logout"],
            why: "A stream that was allowed once goes on telling what happens to whoever holds it open.",
            fixes: [
                "Keep the responses of each session in a map and end them when the session ends.",
                "Check the session at every message in the stream's generator, and return when it is over.",
                "Check the session between two messages of the StreamingHttpResponse; with Channels close the consumers of its group.",
                "`ActionCable.server.remote_connections.where(current_user: user).disconnect`; in ActionController::Live check between writes.",
                "Check the session in the loop of the streamed response, or broadcast a sign-out that the client's channel is closed by.",
                "Keep the `SseEmitter`s by session and complete them on `HttpSessionDestroyedEvent`.",
                "Check the session in the loop that writes the body, and return when it is over.",
            ]),
    ]

    private static let requests = [
        Topic(
            probes: ["logout-by-get", "logout-by-head", "logout-by-image", "logout-by-prefetch"],
            why: "A link that is fetched ahead, an image in a message or a crawler signs people out.",
            fixes: [
                "`app.post('/logout', …)` alone; a GET may show a form that asks.",
                "Export `POST` alone from the route handler, or use a server action; no `<Link>` to it.",
                "`LogoutView` takes POST alone since 5.0; in own views `@require_POST`.",
                "`delete '/logout'` or `post`, with `button_to`; with Devise `sign_out_via = :delete`.",
                "`Route::post('/logout', …)` with a form.",
                "Leave CSRF protection on: then `/logout` takes POST alone.",
                "`router.post(\"logout\")`; a GET may show a page with the form.",
            ]),
        Topic(
            probes: [
                "cross-site-post", "cross-site-post-null-origin", "cross-site-post-origin-only",
                "cross-site-post-fetch-only",
                "cross-site-text-plain", "sibling-site-post", "post-without-origin",
            ],
            why:
                "Another page can sign people out, and most probably do other things in their name that are protected the same way.",
            fixes: [
                "Refuse unless Sec-Fetch-Site is same-origin, or Origin is yours; or csrf-csrf with a token in the form. Accept `application/json` alone where JSON is meant.",
                "Server actions compare Origin with Host; route handlers do not, so check it there.",
                "Leave `CsrfViewMiddleware` on and take `@csrf_exempt` off.",
                "`protect_from_forgery with: :exception` with `forgery_protection_origin_check`; do not skip it for the sign-out.",
                "Keep the route in the `web` group and off the list of exceptions of the CSRF middleware.",
                "Do not disable `csrf`; with cookies it is needed for an API, too.",
                "A middleware that refuses unsafe methods unless Sec-Fetch-Site is same-origin, or Origin is the host.",
            ]),
        Topic(
            probes: ["logout-twice", "logout-without-session", "logout-with-garbage", "garbage-credential"],
            why:
                "The session may be over already. Who wants out must get out, with the cookies deleted, and not an error.",
            fixes: [
                "Do not put the sign-out behind the middleware that requires a session; treat no session as done.",
                "Answer as after a sign-out when the session is not found.",
                "`logout(request)` works without a user; take `@login_required` off the view.",
                "`skip_before_action :require_login, only: :destroy`.",
                "Take the `auth` middleware off the route.",
                "`permitAll()` for the sign-out; the LogoutFilter does not need an authentication.",
                "Put the route outside the group with the authenticator; treat an unknown session as ended.",
            ]),
    ]

    private static let browsers = [
        Topic(
            probes: [
                "cookie-secure", "cookie-httponly", "cookie-samesite", "cookie-prefix", "cookie-domain", "cookie-size",
            ],
            why:
                "The attributes keep the cookie from scripts, plain http, neighbouring hosts and other sites' requests.",
            fixes: [
                "`cookie: { secure: true, httpOnly: true, sameSite: 'lax' }`, `name: '__Host-sid'`, no `domain`.",
                "`cookies().set('__Host-sid', id, { secure: true, httpOnly: true, sameSite: 'lax', path: '/' })`.",
                "SESSION_COOKIE_SECURE, _HTTPONLY, _SAMESITE = 'Lax', SESSION_COOKIE_NAME = '__Host-sessionid', no SESSION_COOKIE_DOMAIN.",
                "`session_store …, key: '__Host-session', secure: true, httponly: true, same_site: :lax`; `config.force_ssl`.",
                "`config/session.php`: `secure`, `http_only`, `same_site`, `cookie` => '__Host-session', `domain` => null.",
                "`server.servlet.session.cookie.secure/http-only/same-site/name`, no `domain`.",
                "`Cookie(name: \"__Host-session\", …, path: \"/\", secure: true, httpOnly: true, sameSite: .lax)`.",
            ]),
        Topic(
            probes: ["cookie-deletion", "clear-site-data"],
            why:
                "A deletion under another path or domain, or without what the name's prefix demands, does nothing; the cookie stays.",
            fixes: [
                "`res.clearCookie(name, options)` with the options of `res.cookie`.",
                "`cookies().set(name, '', { …the same attributes, maxAge: 0 })`.",
                "`response.delete_cookie(name, path=…, domain=…, samesite=…)` with those of the setting.",
                "`cookies.delete(:name, path: …, domain: …)` as it was set.",
                "`Cookie::queue(Cookie::forget($name, $path, $domain))`.",
                "`deleteCookies` uses the context path; for others add a `CookieClearingLogoutHandler(Cookie…)` with their attributes.",
                "Set the same `Cookie` with an empty value and `maxAge: 0`, and all other attributes as before.",
            ]),
        Topic(
            probes: ["cache-control", "token-answer-cache"],
            why: "What a browser or a proxy has stored is shown after the sign-out, to whoever sits there next.",
            fixes: [
                "`res.set('Cache-Control', 'no-store')` in the middleware that requires a session.",
                "Dynamic pages with `Cache-Control: private, no-store` from `headers()` in next.config or the proxy.",
                "`@never_cache`, or a middleware that sets `no-store` for signed-in users.",
                "`no_store` in a `before_action` for signed-in users.",
                "The `cache.headers:no_store` middleware on signed-in routes.",
                "Leave `headers().cacheControl()` on, and do not override it.",
                "A middleware that sets `Cache-Control: no-store` on what comes from behind the authenticator.",
            ]),
        Topic(
            probes: ["open-redirect-sign-in", "open-redirect-sign-out"],
            why: "A link to your own site leads to another one, which asks for the password once more.",
            fixes: [
                "Resolve it with `new URL(next, origin)` and compare the origin; or keep a list.",
                "Accept paths alone: `new URL(next, origin).origin === origin`.",
                "`url_has_allowed_host_and_scheme(next, allowed_hosts={request.get_host()})`.",
                "`redirect_to url_from(params[:next]) || root_path`.",
                "`redirect()->intended()` takes it from the session; do not redirect to a request's own value.",
                "`SavedRequestAwareAuthenticationSuccessHandler` without `targetUrlParameter`; a `LogoutSuccessHandler` with a list.",
                "Accept it only when it begins with one slash and no second one or backslash follows.",
            ]),
        Topic(
            probes: ["token-in-url", "token-in-answer"],
            why:
                "URLs end up in logs, histories and Referer headers; what a page shows of a cookie, a script can read.",
            fixes: [
                "Send tokens in cookies, headers or bodies; take them out of links and redirects.",
                "Never hand the session's cookie to a client component, nor put it into `searchParams`.",
                "Send them in cookies or headers; keep them out of templates.",
                "Filter and keep them out of paths; no session id in views.",
                "Send them in cookies or headers; keep `use_trans_sid` off.",
                "`server.servlet.session.tracking-modes=cookie`, so that no `;jsessionid` is written.",
                "Read tokens from cookies and headers alone.",
            ]),
        Topic(
            probes: ["session-fixation", "tokens-differ", "token-strength", "sign-in-redirect"],
            why: "Who can choose or guess the session's id is signed in as soon as the user is.",
            fixes: [
                "`req.session.regenerate(…)` at sign-in, before the user is stored in it.",
                "Make a new random id (32 bytes) at each sign-in; never keep the one that came.",
                "`login(request, user)` renews the key; do not store the user in the session by hand.",
                "`reset_session` before `session[:user_id] = …`.",
                "`$request->session()->regenerate()` after `Auth::attempt`.",
                "Leave `sessionManagement().sessionFixation()` at `changeSessionId`.",
                "Make a new session with a new random id at sign-in, and delete the old one.",
            ]),
        Topic(
            probes: ["jwt-signature", "jwt-none", "jwt-algorithm-swap", "jwt-embedded-key", "jwt-other-type"],
            why: "Whoever can make a token that is accepted needs no session: no sign-out ends that.",
            fixes: [
                "jose: `jwtVerify(token, key, { algorithms: ['ES256'], typ: 'at+jwt', audience })`.",
                "The same with jose; decode nothing without verifying.",
                "PyJWT: `jwt.decode(token, key, algorithms=['ES256'], audience=…)`, and check the token's type.",
                "`JWT.decode(token, key, true, algorithms: ['ES256'], verify_aud: true, aud: …)`.",
                "lcobucci/jwt: constraints `SignedWith` and `PermittedFor`, with one fixed signer.",
                "`NimbusJwtDecoder.withPublicKey(key).signatureAlgorithm(…)` with a validator for `typ` and `aud`.",
                "JWTKit: a `JWTKeyCollection` with the one key, and `verify(using:)` that checks audience and type.",
            ]),
        Topic(
            probes: ["error-detail", "session-timing"],
            why: "What an error tells about the inside helps whoever looks for a way in.",
            fixes: [
                "An error handler that answers with a sentence; NODE_ENV=production.",
                "`error.tsx` without the error's text; no development server in production.",
                "DEBUG = False, and own templates for 400, 403, 404 and 500.",
                "`consider_all_requests_local = false`.",
                "APP_DEBUG=false.",
                "`server.error.include-stacktrace=never`, `include-message=never`.",
                "Throw `HTTPError` with a sentence; log the rest.",
            ]),
        Topic(
            probes: ["idle-timeout", "absolute-timeout"],
            why: "A session that nobody ended must end by itself, or every forgotten browser is an open door.",
            fixes: [
                "Store when the session began and was last used, and check both on the server; `maxAge` is the browser's.",
                "Store both times with the session's row and check them in the data access layer.",
                "SESSION_COOKIE_AGE is kept on the server; store the sign-in's time for the absolute limit.",
                "Store both times in the session and `reset_session` when over; Devise: `:timeoutable`.",
                "`lifetime` of the session's configuration; store the sign-in's time for the absolute limit.",
                "`server.servlet.session.timeout`; a filter for the absolute limit.",
                "Store both times with the session and check them in the authenticator.",
            ]),
    ]
}
