/// Addition modulo a number, as equations `5 7 =` of which a model is to tell the result, `12`.
///
/// All pairs of numbers below the modulus are divided by chance: some to train on, all others to validate on. Few
/// examples and much weight decay show *grokking*: a model that has long known its examples by heart finds the rule.
///
/// - Source: Power et al. 2022, "Grokking"; Nanda et al. 2023, "Progress measures for grokking", §3.
public struct ModularAddition: Hashable, Sendable {
    /// Two numbers and their sum modulo the modulus.
    public struct Equation: Hashable, Sendable {
        /// The first number.
        public let left: Int
        /// The second number.
        public let right: Int
        /// What is left of their sum after division by the modulus.
        public let sum: Int
    }

    /// The name of the data with the modulus of the papers; with another one, that follows after a hyphen.
    public static let baseName = "modular-addition"
    /// The modulus where the name has none.
    public static let usualModulus = 113
    /// The largest modulus: all equations are held in memory.
    public static let modulusLimit = 512
    /// The share of all equations to train on, unless another is asked for.
    public static let usualTrainingShare = 0.4
    /// How many tokens a model reads of an equation: two numbers and the sign `=`.
    public static let tokenCount = 3

    /// What all sums are taken by.
    public let modulus: Int
    /// The equations to train on.
    public let training: [Equation]
    /// All others.
    public let validation: [Equation]

    /// The modulus that a name such as `modular-addition-59` asks for; nil for a name of other data.
    public static func modulus(named name: String) -> Int? {
        if name == baseName { return usualModulus }
        guard name.hasPrefix(baseName + "-") else { return nil }
        let digits = name.dropFirst(baseName.count + 1)
        return digits.allSatisfy { ("0"..."9").contains($0) } ? Int(digits) : nil
    }

    /// All equations of a modulus, divided.
    ///
    /// - Parameters:
    ///   - trainingShare: which share of them is to train on, rounded down to a whole number of equations.
    ///   - seed: what divides them.
    /// - Throws: ``DataError/outOfRange(name:value:accepted:)`` for a modulus below 2 or above ``modulusLimit``, and a share that leaves
    ///   nothing to train on or to validate on.
    public init(
        modulus: Int, trainingShare: Double = usualTrainingShare, seed: UInt64
    ) throws(DataError) {
        guard (2...Self.modulusLimit).contains(modulus) else {
            throw .outOfRange(
                name: "modulus of \(Self.baseName)", value: "\(modulus)",
                accepted: "a number from 2 to \(Self.modulusLimit)")
        }
        let count = modulus * modulus
        let isShare = trainingShare > 0 && trainingShare < 1
        let trained = isShare ? Int(Double(count) * trainingShare) : 0
        guard (1..<count).contains(trained) else {
            throw .outOfRange(
                name: "training share of \(Self.baseName)", value: "\(trainingShare)",
                accepted:
                    "a number between 0 and 1, such as \(Self.usualTrainingShare), that leaves"
                    + " an equation of \(count) to train on")
        }
        var random = CounterRandom(seed: seed, stream: 0, purpose: .splits)
        let equations = random.permutation(of: count).map { number in
            let (left, right) = number.quotientAndRemainder(dividingBy: modulus)
            return Equation(left: left, right: right, sum: (left + right) % modulus)
        }
        self.modulus = modulus
        training = Array(equations[..<trained])
        validation = Array(equations[trained...])
    }

    /// What the data are called on the command line.
    public var name: String {
        modulus == Self.usualModulus ? Self.baseName : "\(Self.baseName)-\(modulus)"
    }

    /// The token of the sign `=`; those of the numbers are the numbers.
    public var signID: Int32 { Int32(modulus) }

    /// A vocabulary of the numbers below the modulus and of the sign `=`, as words between spaces.
    public func tokenizer() throws(TokenizerError) -> SavedTokenizer {
        let words = (0..<modulus).map { (text: "\($0)", id: $0) } + [(text: "=", id: modulus)]
        return .pipeline(
            try PipelineTokenizer(
                preTokenizer: .whitespaceSplit,
                model: .word(
                    WordModel(vocabulary: Vocabulary(words), unknownToken: "<unk>"))))
    }
}

extension ModularAddition.Equation: CustomStringConvertible {
    /// The equation as a model reads and answers it.
    public var description: String { "\(left) \(right) = \(sum)" }
}
