/// Numbers without a sign as JSON writes them, between bounds.
///
/// Whole parts have at most ``most`` digits, so that any program reads them without rounding.
enum DigitRange {
    /// How many digits a whole part or a fraction has at the most.
    static let most = 15
    /// The greatest whole part.
    static let greatest = 999_999_999_999_999

    private static func digit(_ range: ClosedRange<UInt32>) -> GrammarExpression {
        .characters(ScalarSet([range.lowerBound + 0x30...range.upperBound + 0x30]))
    }

    private static let anyDigit = digit(0...9)

    /// The whole numbers of a range, without zeros in front.
    ///
    /// - Parameter range: from 0 to ``greatest``.
    static func whole(_ range: ClosedRange<Int>) -> GrammarExpression {
        var alternatives: [GrammarExpression] = []
        var low = range.lowerBound
        while low <= range.upperBound {
            let count = "\(low)".count
            // Up to the last number of as many digits.
            let last = min(range.upperBound, (0..<count).reduce(1) { power, _ in power * 10 } - 1)
            alternatives.append(
                between(Array("\(low)".utf8)[...], Array("\(last)".utf8)[...]))
            low = last + 1
        }
        return .choice(alternatives)
    }

    /// Digits between two sequences of the same length, the first not after the second.
    private static func between(
        _ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>
    ) -> GrammarExpression {
        guard let first = low.first, let last = high.first else { return .nothing }
        let rest = low.count - 1
        let (a, b) = (UInt32(first) - 0x30, UInt32(last) - 0x30)
        let free = GrammarExpression.repetition(anyDigit, minimum: rest, maximum: rest)
        if a == b {
            return .sequence([digit(a...b), between(low.dropFirst(), high.dropFirst())])
        }
        let zeros = ArraySlice(repeatElement(UInt8(ascii: "0"), count: rest))
        let nines = ArraySlice(repeatElement(UInt8(ascii: "9"), count: rest))
        let startsFree = low.dropFirst().elementsEqual(zeros)
        let endsFree = high.dropFirst().elementsEqual(nines)
        var alternatives: [GrammarExpression] = []
        if !startsFree {
            alternatives.append(.sequence([digit(a...a), between(low.dropFirst(), nines)]))
        }
        let (from, to) = (startsFree ? a : a + 1, endsFree ? b : b - 1)
        if from <= to { alternatives.append(.sequence([digit(from...to), free])) }
        if !endsFree {
            alternatives.append(.sequence([digit(b...b), between(zeros, high.dropFirst())]))
        }
        return .choice(alternatives)
    }

    /// A bound of numbers: a whole number, and whether it is one of them.
    struct Bound: Hashable {
        var value: Int
        var isIncluded: Bool
    }

    /// The numbers of a range, whole or with a fraction.
    ///
    /// - Parameters:
    ///   - low: at least 0.
    ///   - high: at most ``greatest``.
    /// - Returns: nil where the range is empty.
    static func decimal(from low: Bound, to high: Bound) -> GrammarExpression? {
        if low.value > high.value { return nil }
        if low.value == high.value {
            return low.isIncluded && high.isIncluded ? .text("\(low.value)") : nil
        }
        let point = GrammarExpression.text(".")
        let fraction = GrammarExpression.sequence([
            point, .repetition(anyDigit, minimum: 1, maximum: most),
        ])
        // Zeros, then a digit that is none, so that the bound itself is left out.
        let nonzeroFraction = GrammarExpression.sequence([
            point, .repetition(.text("0"), minimum: 0, maximum: most / 2), digit(1...9),
            .repetition(anyDigit, minimum: 0, maximum: most / 2),
        ])
        var alternatives: [GrammarExpression] = []
        if low.isIncluded {
            alternatives.append(.sequence([.text("\(low.value)"), .optional(fraction)]))
        } else {
            alternatives.append(.sequence([.text("\(low.value)"), nonzeroFraction]))
        }
        if low.value + 1 <= high.value - 1 {
            alternatives.append(
                .sequence([whole(low.value + 1...high.value - 1), .optional(fraction)]))
        }
        if high.isIncluded { alternatives.append(.text("\(high.value)")) }
        return .choice(alternatives)
    }
}
