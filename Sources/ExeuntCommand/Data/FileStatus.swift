internal import Foundation

/// What the file system says of a file or folder, wherever a link leads.
struct FileStatus {
    enum Kind {
        case file, folder, other
    }

    let kind: Kind
    /// The permission bits.
    let mode: Int
    /// Bytes.
    let size: Int64

    /// The status of what is at `path`; nil when nothing is there or it cannot be seen.
    init?(path: String) {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: String(cString: resolved)) else {
            return nil
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular: kind = .file
        case .typeDirectory: kind = .folder
        default: kind = .other
        }
        mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
    }

    /// Whether anybody but the owner may do anything with it.
    var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// The permissions as `chmod` takes them.
    var modeText: String { "0" + String(mode & 0o777, radix: 8) }
}
