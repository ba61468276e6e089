internal import HTTPTypes
package import Hummingbird

extension Surface {
    /// Every route.
    package func router() -> Router<AuthorityRequestContext> {
        let router = Router(context: AuthorityRequestContext.self)
        router.add(middleware: EveryAnswer(surface: self))
        let on = RouteTable(router: router, surface: self)

        // The browser's door.
        on("/", .browser, get: home)
        on("/login", .browser, get: loginPage, post: login)
        on("/logout", .browser, post: logout)
        on("/signed-out", .browser, get: signedOutPage)
        on("/account", .browser, get: accountPage)
        on("/account/sessions", .browser, get: devicesPage)
        on("/account/sessions/{id}/end", .browser, post: endDevice)
        on("/account/password", .browser, post: changePassword)
        on("/account/email", .browser, post: changeEmail)
        on("/account/report", .browser, post: reportConcern)
        on("/session", .browser, get: sessionStatus)
        on("/session/events", .browser, get: sessionEvents)
        on("/assets/{name}", .browser, get: asset)

        // What relying parties lead a browser to.
        on("/end-session", .relayedBrowser, get: endSessionPage, post: confirmEndSession)

        // The door of servers and apps.
        on("/token", .oauth, post: token)
        on("/revoke", .oauth, post: revoke)
        on("/introspect", .oauth, post: introspect)
        on("/global-token-revocation", .api, post: revokeGlobally)
        on("/.well-known/oauth-authorization-server", .api, get: metadata)
        on("/.well-known/openid-configuration", .api, get: providerMetadata)
        on("/.well-known/jwks.json", .api, get: jwks)
        on("/v1/sessions", .api, post: openSession)
        on("/v1/sessions/resume", .api, post: resumeSession)
        on("/v1/subjects/{subject}/sessions", .api, get: listSessions, delete: endSessions)
        on("/v1/subjects/{subject}/sessions/{id}", .api, delete: endSession)
        on("/v1/subjects/{subject}/events", .api, post: subjectEvent)
        on("/v1/logout", .api, post: logoutByToken)
        on("/v1/logout-all", .api, post: logoutEveryone)
        on("/v1/feed", .api, get: feed)
        on("/v1/feed/{verifier}", .api, delete: handBack)

        // Streams of security events.
        on("/.well-known/ssf-configuration", .api, get: streamMetadata)
        on(
            "/ssf/streams", .api, get: readStreams, post: createStream, put: replaceStream, patch: updateStream,
            delete: deleteStream)
        on("/ssf/status", .api, get: streamStatus, post: setStreamStatus)
        on("/ssf/verify", .api, post: verifyStream)
        on("/ssf/poll/{stream}", .api, post: pollStream)
        on("/status-lists/{number}", .api, get: statusList)

        // The door of other providers.
        on("/backchannel-logout", .oauth, post: hearLogoutToken)
        on("/frontchannel-logout", .api, get: hearFrontChannel)
        on("/ssf/events", .api, post: takeEvent)

        // For whoever runs it.
        on("/healthz", .api, get: health)
        on("/readyz", .api, get: readiness)
        on("/metrics", .api, get: metrics)
        on("/openapi.json", .api, get: openAPI)
        return router
    }
}
