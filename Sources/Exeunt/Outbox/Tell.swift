extension Authority {
    /// Makes a request of a receiver, and says what has become of it.
    package func tell(_ dispatch: Dispatch, through http: any OutgoingHTTP) async -> DeliveryVerdict {
        let request: OutgoingRequest
        do throws(AuthorityError) {
            request = try await self.request(for: dispatch)
        } catch {
            return .trouble("\(error)".clipped(toBytes: Limits.failureBytes))
        }
        do throws(OutgoingFailure) {
            let answer = try await http.send(request)
            return DeliveryVerdict(answer, from: dispatch.receiver.kind, at: environment.now())
        } catch {
            return DeliveryVerdict(error)
        }
    }
}
