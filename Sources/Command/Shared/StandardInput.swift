import Attend
import Foundation

/// Text from standard input.
enum StandardInput {
    /// The most bytes that are read.
    static let byteLimit = 16 << 20

    /// All of it, as it is.
    ///
    /// - Throws: ``StandardInputError`` where it is too long or not UTF-8.
    static func text() throws -> String {
        guard let text = String(validating: try bytes(), as: UTF8.self) else {
            throw StandardInputError(fault: "is not UTF-8", remedy: "give a prompt as UTF-8 text")
        }
        return text
    }

    /// All of its bytes.
    ///
    /// - Throws: ``StandardInputError`` where there are too many.
    static func bytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try FileHandle.standardInput.read(upToCount: 1 << 16), !piece.isEmpty {
            bytes += piece
            if bytes.count > byteLimit {
                throw StandardInputError(
                    fault: "holds more than \(byteLimit.grouped) bytes", remedy: "give a part of it"
                )
            }
        }
        return bytes
    }
}

/// What is wrong with the text on standard input.
struct StandardInputError: Error, CustomStringConvertible {
    let fault: String
    let remedy: String

    var description: String { "Standard input \(fault); \(remedy)." }
}
