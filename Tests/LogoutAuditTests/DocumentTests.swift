import Foundation
import Testing

@testable import LogoutAudit

@Suite struct DocumentTests {
    private func document() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/audit.md"), encoding: .utf8)
    }

    @Test(arguments: ProbeCatalog.all.map(\.id))
    func `the document lists every probe as it is`(id: String) throws {
        let probe = try #require(ProbeCatalog.all.first { $0.id == id })
        let row = "| `\(id)` | \(probe.title) | \(probe.severity.rawValue) | \(probe.clauses.joined(separator: ", ")) |"
        #expect(try document().contains(row), "docs/audit.md lacks: \(row)")
    }

    @Test func `the target files in the document can be read`() throws {
        let blocks = try document().components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count == 4)
        let environment = ["AUDIT_PASSWORD": "secret", "AUDIT_SECOND_PASSWORD": "another"]
        for block in blocks { _ = try TargetFile.read(block, environment: environment) }
    }
}
