import Foundation

/// A Swift file of this package, read for the tests that look at the text itself.
struct SourceFile {
    /// Relative to the package, such as `Sources/Tensors/Shape.swift`.
    var path: String
    /// The lines without their `//` comments and string literals.
    var lines: [String]

    /// The module that the file belongs to.
    var module: String {
        let folder = path.split(separator: "/")[1]
        return folder == "Attend" ? "Attend" : "Attend\(folder)"
    }

    /// The modules that the file imports, each with its line number.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            var words = line.split(separator: " ").drop { word in
                word.hasPrefix("@")
                    || ["public", "package", "internal", "fileprivate", "private"].contains(word)
            }
            guard words.popFirst() == "import" else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "typealias", "var", "let"]
            let name = words.first { !kinds.contains(String($0)) } ?? ""
            return (String(name.prefix { $0 != "." }), index + 1)
        }
    }

    /// The first line that has `word` as a word of code.
    func firstLine(with word: String) -> Int? {
        lines.firstIndex { line in
            line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == word }
        }.map { $0 + 1 }
    }

    /// Every Swift file below a folder of the package, by path.
    static func all(below folder: String) throws -> [SourceFile] {
        let base = PackageDump.root.appending(path: folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: base.path)
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return SourceFile(path: "\(folder)/\(name)", lines: lines.map(code))
        }
    }

    private static func code(_ line: Substring) -> String {
        // Every other part between quotation marks is a literal. A mark escaped inside of one is rare
        // enough to be told by the test that fails.
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        var code = ""
        for (index, part) in parts where index.isMultiple(of: 2) {
            guard let comment = part.firstRange(of: "//") else {
                code += part + " "
                continue
            }
            return code + part[..<comment.lowerBound]
        }
        return code
    }
}
