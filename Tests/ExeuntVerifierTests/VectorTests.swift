import Foundation
import Settlement
import Synchronization
import Testing

@testable import ExeuntVerifier

/// The cases that the JavaScript and the Python verifier run as well.
@Suite struct VectorTests {
    @Test(arguments: try Vector.all())
    func `the verifier does what all verifiers do`(vector: Vector) throws {
        var life = try Life(VectorFile(vector.file))
        for (index, step) in vector.scenario.steps.enumerated() { try life.take(step, number: index + 1) }
    }

    /// A verifier, and what it has been through.
    private struct Life {
        let verifier: TokenVerifier
        let time: TestTime
        var polls: [String: ClockReading] = [:]

        init(_ file: VectorFile) throws {
            time = TestTime(file.start)
            var configuration = VerifierConfiguration(
                issuer: file.issuer, clientID: "client_1", clientSecret: ClientSecret("secret"))
            configuration.audience = file.audience
            configuration.clockSkew = .milliseconds(file.clockSkewMs)
            verifier = try TokenVerifier(configuration, environment: time.environment, logger: SilentLog.logger)
            #expect(take(keys: file.keys))
        }

        mutating func take(_ step: VectorFile.Step, number: Int) throws {
            switch step.do {
            case "pass": time.pass(try #require(step.milliseconds))
            case "set_wall": time.setWall(by: try #require(step.byMilliseconds))
            case "poll": polls[try #require(step.name)] = time.now
            case "answer":
                let asked = try step.to.map { try #require(polls[$0]) } ?? time.now
                #expect(take(answer: try #require(step.text), asked: asked) == step.taken, "step \(number)")
            case "keys": #expect(take(keys: try #require(step.text)) == step.taken, "step \(number)")
            case "check": #expect(found(try #require(step.token)) == step.found, "step \(number)")
            case "stop": _ = verifier.state.withLock { $0.stop() }
            case "expect":
                let status = verifier.status
                if let applied = step.applied { #expect(status.applied == applied, "step \(number)") }
                if let held = step.held { #expect(status.revocations == held, "step \(number)") }
                if let live = step.live { #expect((status.state == .live) == live, "step \(number)") }
            default: Issue.record("step \(number) is \(step.do), which nobody knows")
            }
        }

        private func take(answer text: String, asked: ClockReading) -> Bool {
            guard let answer = try? JSONDecoder().decode(FeedAnswerBody.self, from: Data(text.utf8)).answer() else {
                return false
            }
            return verifier.state.withLock { $0.receive(answer, asked: asked, at: time.now).isOfUse }
        }

        private func take(keys text: String) -> Bool {
            guard let keys = try? PublicKeys(jwks: Array(text.utf8)) else { return false }
            verifier.state.withLock { state in
                let fetch = state.beginFetch()
                state.replaceKeys(with: keys, fetch: fetch, version: "v\(fetch)")
            }
            return true
        }

        private func found(_ token: String) -> String {
            do throws(VerificationError) {
                _ = try verifier.verify(token)
                return "accepted"
            } catch {
                return CheckCounts.Result(error).label
            }
        }
    }
}
