internal import Exeunt
internal import Settlement

/// The file with the master keys: a line each, `ID KEY`, the newest last.
///
/// ID is a number from 1 to 255, KEY is 32 bytes in base64url. Lines that begin with `#` are remarks.
struct MasterKeyFile: Sendable {
    typealias MasterKey = (id: UInt8, key: [UInt8])

    private static let keyBytes = 32

    let path: String

    /// The keys in the file.
    ///
    /// Throws when the file cannot be read, when others than its owner can open it, or when a line is not right; what
    /// the line holds is not told.
    func read() throws(CommandFailure) -> [MasterKey] {
        try Self.parse(try SmallFile.read(path, isSecret: true), path: path)
    }

    /// The ring of the keys in the file.
    func keyRing() throws(CommandFailure) -> KeyRing {
        do { return try KeyRing(masterKeys: try read()) } catch let error as AuthorityError {
            throw CommandFailure(error)
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(.couldNotTry, "\(path) cannot be used")
        }
    }

    /// Makes the file with one new key, whose id is none of `taken`.
    func create(randomBytes: (Int) -> [UInt8], taken: Set<UInt8> = []) throws(CommandFailure) {
        guard let id = (1...UInt8.max).first(where: { !taken.contains($0) }) else {
            throw CommandFailure(.couldNotTry, "every id of a master key is taken")
        }
        let text = """
            # The master key of Exeunt. It seals the signing keys in the database, and makes refresh and remember-me
            # tokens.
            # Keep a copy of this file, in another place than the copies of the database, and let nobody read it.
            # A line is ID KEY; the last line is the newest.
            \(id) \(Base64URL.encode(randomBytes(Self.keyBytes)))

            """
        try SmallFile.create(path, text: text)
    }

    /// The keys of a file's text.
    static func parse(_ text: String, path: String) throws(CommandFailure) -> [MasterKey] {
        var keys: [MasterKey] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func refuse(_ problem: String) -> CommandFailure {
                CommandFailure(.couldNotTry, "\(path), line \(index + 1): \(problem)")
            }
            guard words.count == 2, let id = UInt8(first), id > 0 else {
                throw refuse("a line is ID KEY, with an ID from 1 to 255")
            }
            guard let key = Base64URL.decode(words[1]), key.count == keyBytes else {
                throw refuse("the key is not \(keyBytes) bytes in base64url (43 characters)")
            }
            guard !keys.contains(where: { $0.id == id }) else { throw refuse("the id \(id) is there twice") }
            keys.append((id, key))
        }
        guard !keys.isEmpty else { throw CommandFailure(.couldNotTry, "\(path) holds no key") }
        return keys
    }
}
