import Foundation

/// A piece of text with choices in it.
///
/// A phrase is written as a string with other phrases in it: `"\(name) the \(kind) lived \(place)."`
package indirect enum Phrase: Sendable {
    /// Always this text.
    case text(String)

    /// One phrase after another.
    case sequence([Phrase])

    /// One of several phrases, chosen anew each time.
    case choice(Choice)

    /// A form of a feature, such as the pronoun of the hero: the same all through one story.
    case form(feature: Int, form: Int)

    /// Phrases of which one is chosen, each with a probability in proportion to its weight.
    package struct Choice: Sendable {
        /// How likely each phrase is, beside the others; at least 1.
        package let weights: [Int]
        /// The phrases to choose from.
        package let phrases: [Phrase]
        /// The sum of the weights.
        package let total: Int

        /// The natural logarithm of the probability of phrase `index`.
        package func logProbability(of index: Int) -> Double { logRatio(weights[index], total) }
    }

    /// One of these phrases, all equally likely.
    package static func oneOf(_ phrases: Phrase...) -> Phrase {
        weighted(phrases.map { (1, $0) })
    }

    /// One of these phrases, each with a probability in proportion to its weight.
    package static func weighted(_ branches: [(weight: Int, phrase: Phrase)]) -> Phrase {
        let weights = branches.map(\.weight)
        precondition(
            !weights.isEmpty && weights.allSatisfy { $0 > 0 }, "A choice needs weights above 0.")
        return .choice(
            Choice(weights: weights, phrases: branches.map(\.phrase), total: weights.reduce(0, +)))
    }

    /// One of the words in a list with commas between them, all equally likely.
    package static func words(_ list: String) -> Phrase {
        weighted(commaSeparated(list).map { (1, .text($0)) })
    }
}

extension Phrase: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self = .text(text) }

    package init(stringInterpolation: Interpolation) {
        self = .sequence(stringInterpolation.phrases)
    }

    /// Collects the literal and the interpolated parts of a phrase.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var phrases: [Phrase] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ text: String) {
            if !text.isEmpty { phrases.append(.text(text)) }
        }

        package mutating func appendInterpolation(_ phrase: Phrase) { phrases.append(phrase) }
    }
}

/// The items of a list with commas between them, without the space around them.
package func commaSeparated(_ list: String) -> [String] {
    list.split(separator: ",").map { item in
        let blank: (Character) -> Bool = { $0.isWhitespace }
        let start = item.drop(while: blank)
        return String(start.reversed().drop(while: blank).reversed())
    }
}

/// The natural logarithm of a ratio of whole numbers.
func logRatio(_ part: Int, _ whole: Int) -> Double { log(Double(part) / Double(whole)) }
