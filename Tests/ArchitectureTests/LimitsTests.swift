import Foundation
import Testing

@Suite("Limits are listed in one table")
struct LimitsTests {
    private struct Row {
        let number: Int
        let file: String
        let constant: String
    }

    /// The rows of Documentation/Limits.md.
    private func rows() throws -> [Row] {
        let page = try String(
            contentsOf: PackageDump.root.appending(path: "Documentation/Limits.md"), encoding: .utf8
        )
        return page.matches(of: /\| ([0-9,]+) \| `(Sources\/[^`]+)`, `([A-Za-z]+)` \|/).map {
            match in
            Row(
                number: Int(match.1.replacing(",", with: "")) ?? -1, file: String(match.2),
                constant: String(match.3))
        }
    }

    private func text(of file: String) throws -> String {
        try String(contentsOf: PackageDump.root.appending(path: file), encoding: .utf8)
    }

    /// The value of a literal such as `100_000` or `1 << 20`.
    private func value(of literal: Substring) -> Int? {
        let parts = literal.replacing("_", with: "").split(separator: " << ")
        guard let first = parts.first.flatMap({ Int($0) }) else { return nil }
        guard parts.count > 1 else { return first }
        return Int(parts[1]).map { first << $0 }
    }

    @Test("Every number of the table is that of the code")
    func numbersAreTrue() throws {
        let rows = try rows()
        #expect(rows.count > 30)
        for row in rows {
            let pattern = try Regex(
                "\\b\(row.constant)(?:: [A-Za-z]+)? = ([0-9_]+(?: << [0-9]+)?)",
                as: (Substring, Substring).self)
            let found = try text(of: row.file).firstMatch(of: pattern)?.1
            let place = "\(row.file), \(row.constant)"
            #expect(found.flatMap(value) == row.number, "\(place) is \(found ?? "missing")")
        }
    }

    @Test("Every limit of the code on what comes from outside is in the table")
    func everyLimitIsListed() throws {
        let listed = Set(try rows().map { "\($0.file) \($0.constant)" })
        let pattern =
            /(?:static let |, )((?:largest|most|deepest|longest)[A-Z][A-Za-z]*|[a-z]+Limit)(?:: [A-Za-z]+)? = [0-9]/
        for folder in ["Sources/Text", "Sources/Checkpoints"] {
            for file in try SourceFile.all(below: folder) {
                for match in try text(of: file.path).matches(of: pattern) {
                    // The width of a ZIP file's fields limits nothing.
                    if match.1 == "wideLimit" { continue }
                    #expect(
                        listed.contains("\(file.path) \(match.1)"),
                        "\(file.path) has the limit \(match.1), which Documentation/Limits.md lacks"
                    )
                }
            }
        }
    }

    @Test("The limits of chat templates are all in the table")
    func templateLimits() throws {
        let file = "Sources/Text/Chat/ChatTemplateLimits.swift"
        let listed = Set(try rows().filter { $0.file == file }.map(\.constant))
        let constants = try text(of: file).matches(of: /public var ([A-Za-z]+) =/).map {
            String($0.1)
        }
        #expect(listed == Set(constants))
    }
}
