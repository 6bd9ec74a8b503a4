package import AttendText
internal import Foundation

/// How hard a text is for a table of pairs: the yardstick of ``LossRule``.
package enum BigramEntropy {
    /// The most tokens of each part that are looked at.
    private static let limit = 1 << 20

    /// Nats per token of the validation part, predicted from the token before by counts of the training part, each one higher
    /// than it was counted (Laplace's rule).
    package static func nats(of text: TokenText, vocabularySize: Int) throws -> Double {
        struct Pair: Hashable {
            let first: Int32
            let second: Int32
        }
        let training = try text.training.tokens.ids(in: 0..<min(limit, text.training.tokens.count))
        let validation = try text.validation.tokens.ids(
            in: 0..<min(limit, text.validation.tokens.count))
        guard validation.count > 1 else { return .nan }
        var pairs: [Pair: Int] = [:]
        var firsts: [Int32: Int] = [:]
        for (first, second) in zip(training, training.dropFirst()) {
            pairs[Pair(first: first, second: second), default: 0] += 1
            firsts[first, default: 0] += 1
        }
        var sum = 0.0
        for (first, second) in zip(validation, validation.dropFirst()) {
            let seen = Double(pairs[Pair(first: first, second: second)] ?? 0) + 1
            sum -= log(seen / Double((firsts[first] ?? 0) + vocabularySize))
        }
        return sum / Double(validation.count - 1)
    }
}
