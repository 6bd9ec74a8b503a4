import AttendGeneration
import AttendTensors
import AttendText
import Foundation
import Testing

/// A text that is drawn token by token from those that a constraint leaves.
struct DrawnText {
    var tokens: [Int32] = []
    /// What the tokens spell, without special ones.
    var text: String
    /// Whether it came to its end.
    var isWhole = false

    /// Draws each token, and the end where there is one, with the same probability.
    ///
    /// - Parameters:
    ///   - patience: after how many tokens those that end something are preferred.
    init(
        _ constraint: TokenConstraint, tokenizer: SavedTokenizer, random: inout RandomSource,
        patience: Int = 300, closing: Set<Int32> = []
    ) throws {
        var constraint = constraint
        text = ""
        for step in 0..<(patience + 20_000) {
            if try constraint.isComplete() {
                isWhole = true
                break
            }
            var choices = try constraint.mask().tokens
            if constraint.canEnd {
                if random.next() % UInt64(choices.count + 1) == 0 || step > patience {
                    isWhole = true
                    break
                }
            }
            if step > patience {
                let ends = choices.filter(closing.contains)
                if !ends.isEmpty { choices = ends }
            }
            let token = choices[Int(random.next() % UInt64(choices.count))]
            try constraint.advance(by: token)
            tokens.append(token)
        }
        text = tokenizer.decode(tokens)
    }
}

/// The bytes that close strings, lists and objects of JSON.
let closingBytes = Set("\"]}".utf8.map { Int32($0) })

/// A tokenizer that the tests of AttendText recorded (Scripts/record-piece-fixtures.py and its like).
func recordedTokenizer(_ name: String) throws -> SavedTokenizer {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../TextTests/Fixtures/\(name).json").standardizedFileURL
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    var file = try #require((object as? [String: Any])?["file"] as? [String: Any])
    // The long table of some is stored elsewhere, and nothing is encoded here.
    file["normalizer"] = NSNull()
    return try SavedTokenizer(json: JSONSerialization.data(withJSONObject: file))
}

/// The sentence of what is thrown.
func sentence(_ work: () throws -> Void) -> String {
    do {
        try work()
        return "nothing was thrown"
    } catch {
        return "\(error)"
    }
}
