import Settlement
import Testing

@testable import ExeuntCommand

@Suite struct MasterKeyFileTests {
    private let folder: TemporaryFolder
    private let file: MasterKeyFile
    private static let key = Base64URL.encode(Array(repeating: 7, count: 32))

    init() throws {
        folder = try TemporaryFolder()
        file = MasterKeyFile(path: folder.file("master.key"))
    }

    @Test func `a new file holds one key, for its owner alone, and is never written over`() throws {
        try file.create(randomBytes: { Array(repeating: 9, count: $0) })
        #expect(try folder.mode(of: "master.key") == 0o600)
        let keys = try file.read()
        #expect(keys.map(\.id) == [1] && keys.map(\.key) == [Array(repeating: 9, count: 32)])
        #expect(throws: CommandFailure.self) { try file.create(randomBytes: { Array(repeating: 1, count: $0) }) }
        #expect(try file.read().map(\.key) == keys.map(\.key))
    }

    @Test func `a new key takes no id that was taken`() throws {
        try file.create(randomBytes: { Array(repeating: 9, count: $0) }, taken: [1, 2, 4])
        #expect(try file.read().map(\.id) == [3])
    }

    @Test func `remarks and space are passed over, and the newest key is last`() throws {
        let keys = try MasterKeyFile.parse("# old\n1 \(Self.key)\n\n  # new\r\n 255\t\(Self.key)  \r\n", path: "f")
        #expect(keys.map(\.id) == [1, 255])
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620])
    func `a file that others can open is refused`(mode: Int) throws {
        try folder.write("1 \(Self.key)\n", to: "master.key")
        #expect(throws: Never.self) { try file.read() }
        try folder.setMode(mode, of: "master.key")
        let failure = #expect(throws: CommandFailure.self) { try file.read() }
        #expect(failure?.message.contains("chmod 600") == true)
    }

    @Test(arguments: [
        ("", "no key"), ("# 1 key\n", "no key"), ("1", "line 1"), ("\n0 \(key)", "line 2"), ("256 \(key)", "line 1"),
        ("x \(key)", "line 1"), ("1 \(key) more", "line 1"), ("1 AAAA", "43 characters"),
        ("1 \(key)=", "43 characters"),
        ("1 \(key)\n1 \(key)", "line 2"),
    ])
    func `a line that is not right is told by its number, and not shown`(text: String, words: String) throws {
        let failure = #expect(throws: CommandFailure.self) { try MasterKeyFile.parse(text, path: "f") }
        #expect(failure?.message.contains(words) == true && failure?.message.contains(Self.key) == false)
        #expect(failure?.status == .couldNotTry)
    }
}
