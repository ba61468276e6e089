internal import ArgumentParser
internal import AsyncHTTPClient
internal import ExeuntHTTP
internal import Foundation
internal import NIOCore
internal import NIOFoundationCompat

/// The command `exeunt followers`.
struct FollowersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "followers",
        abstract: "List the verifiers that follow the running server.",
        discussion: """
            Each line is one process that checks tokens in memory: what it has not acknowledged yet, and how long it may \
            go on without a word. A sign-out is answered when none of them can still accept what it ended. The longest \
            without a word come first.
            """)

    /// How much of an answer is read: ten thousand lines.
    private static let answerBytes = 4 << 20

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let (_, folder, _) = try await options.load()
        try show(try await fetch(from: folder))
    }

    private func fetch(from folder: DataFolder) async throws -> [ControlSocket.Follower] {
        guard FolderLock.isHeld(folder.lock).isHeld else {
            throw CommandFailure(.couldNotTry, "no server runs on \(folder.path); --data names another folder")
        }
        guard SmallFile.exists(folder.controlSocket) else {
            throw CommandFailure(.couldNotTry, "the server on \(folder.path) has no control socket; its log says why")
        }
        guard let url = URL(httpURLWithSocketPath: folder.controlSocket, uri: ControlSocket.followersPath) else {
            throw CommandFailure(.couldNotTry, "\(folder.controlSocket) is no path of a socket")
        }
        let body: ByteBuffer
        do {
            let answer = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: url.absoluteString), timeout: .seconds(10))
            body = try await answer.body.collect(upTo: Self.answerBytes)
        } catch {
            throw CommandFailure(.couldNotTry, "the server on \(folder.path) does not answer: \(error)")
        }
        return try JSONDecoder().decode([ControlSocket.Follower].self, from: body)
    }

    private func show(_ followers: [ControlSocket.Follower]) throws {
        var table = Table("VERIFIER", "CLIENT", "BEHIND", "LEASE LEFT", "LAST POLL")
        for follower in followers {
            if options.json {
                try Output.json(follower)
            } else {
                let left = follower.leaseLeftMilliseconds.map { "\($0) of \(follower.leaseMilliseconds) ms" } ?? "none"
                table.add(
                    follower.id, follower.clientID, String(follower.behind), left,
                    "\(follower.polledAgoMilliseconds) ms ago")
            }
        }
        if !options.json { try Output.write(table.text) }
    }
}
