import Attend
import Foundation

/// What the flag --tokenizer names: a kind to make from the data, or a tokenizer that exists.
enum TokenizerChoice: Sendable {
    case kind(TrainingData.TokenizerKind)
    case file(path: String)

    /// A kind by its name, or else the path of what exists.
    init(_ text: String) throws {
        if let kind = TrainingData.TokenizerKind(rawValue: text), kind != .file {
            self = .kind(kind)
        } else if FileManager.default.fileExists(atPath: text) {
            self = .file(path: text)
        } else {
            let names = TrainingData.TokenizerKind.allCases.filter { $0 != .file }
            if text.contains("/") || text.contains(".") {
                throw InvalidValue(
                    description:
                        "there is no file or directory of this name; give that of a tokenizer, or one of \(names.map(\.rawValue).joined(separator: ", "))"
                )
            }
            throw Name.unknown(text, among: names.map(\.rawValue) + ["the path of a tokenizer"])
        }
    }

    /// The kind.
    var kind: TrainingData.TokenizerKind {
        switch self {
        case .kind(let kind): kind
        case .file: .file
        }
    }
}
