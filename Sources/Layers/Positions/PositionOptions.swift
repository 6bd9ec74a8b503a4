/// How a model tells one place of a sequence from another.
public struct PositionOptions: Codable, Hashable, Sendable {
    /// The kinds of position.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// Nothing: only the causal mask tells places apart (Haviv et al. 2022; Kazemnejad et al. 2023).
        case none
        /// Sines and cosines added to the embeddings (Vaswani et al. 2017, §3.5).
        case sinusoidal
        /// A learned vector for each place, added to the embeddings.
        case learned
        /// Queries and keys turned by angles that grow with the place (Su et al. 2021).
        case rotary
        /// Scores lowered in proportion to the distance (ALiBi; Press et al. 2022).
        case alibi
        /// A learned number for each head and each bucket of distances, added to scores (T5; Raffel et al. 2020).
        case relativeBuckets
    }

    /// Which kind.
    public var kind: Kind
    /// Rotary: the base of the geometric series of wavelengths.
    public var rotaryBase: Float
    /// Rotary: how many elements of each head turn; all where nil.
    public var rotaryWidth: Int?
    /// Rotary: neighbours turn together, (0, 1), (2, 3), …, rather than halves, (0, n/2), (1, n/2 + 1), ….
    public var rotaryInterleaves: Bool
    /// Rotary: stretches the angles for contexts longer than those trained on.
    public var yarn: YaRN?
    /// Rotary: slows all angles by this factor, so that places count as if they lay closer together.
    ///
    /// - Source: Chen et al. 2023 (position interpolation), §2.3.
    public var linearFactor: Float?
    /// Rotary: slows angles by their wavelengths, as Llama 3.1 does.
    public var wavelengths: WavelengthScaling?
    /// Relative buckets: how many, for both directions together.
    public var bucketCount: Int
    /// Relative buckets: the distance from which on all share one bucket.
    public var maximumDistance: Int

    /// A kind with the usual constants.
    public init(
        _ kind: Kind, rotaryBase: Float = 10000, rotaryWidth: Int? = nil,
        rotaryInterleaves: Bool = false, yarn: YaRN? = nil, bucketCount: Int = 32,
        maximumDistance: Int = 128
    ) {
        self.kind = kind
        self.rotaryBase = rotaryBase
        self.rotaryWidth = rotaryWidth
        self.rotaryInterleaves = rotaryInterleaves
        self.yarn = yarn
        self.bucketCount = bucketCount
        self.maximumDistance = maximumDistance
    }

    /// What is wrong with these options for heads of this width, one sentence each.
    public func problems(headWidth: Int) -> [String] {
        var problems: [String] = []
        if kind == .rotary {
            if let width = rotaryWidth {
                if width < 2 || width > headWidth || width % 2 != 0 {
                    problems.append(
                        "positions.rotaryWidth is \(width), but must be an even number from 2 to headWidth \(headWidth)"
                    )
                }
            } else if headWidth < 2 || headWidth % 2 != 0 {
                problems.append(
                    "headWidth is \(headWidth), but must be an even number, since rotary positions turn pairs"
                )
            }
            if !(rotaryBase > 1 && rotaryBase <= 1e12) {
                problems.append(
                    "positions.rotaryBase is \(rotaryBase), but must be more than 1 and at most 1e12"
                )
            }
            problems += yarn?.problems ?? []
            problems += wavelengths?.problems ?? []
            if let linearFactor, !(linearFactor >= 1 && linearFactor <= 10000) {
                problems.append(
                    "positions.linearFactor is \(linearFactor), but must be from 1 to 10000")
            }
            if [yarn != nil, linearFactor != nil, wavelengths != nil].count(where: { $0 }) > 1 {
                problems.append(
                    "positions has several of yarn, linearFactor and wavelengths, but angles are stretched in one way"
                )
            }
        }
        if kind == .relativeBuckets {
            if !(4...4096).contains(bucketCount) || bucketCount % 4 != 0 {
                problems.append(
                    "positions.bucketCount is \(bucketCount), but must be a multiple of 4 from 4 to 4096"
                )
            }
            if maximumDistance <= bucketCount / 2 || maximumDistance > 1 << 20 {
                problems.append(
                    "positions.maximumDistance is \(maximumDistance), but must be more than half of bucketCount"
                        + " \(bucketCount) and at most 1048576")
            }
        }
        return problems
    }
}

/// How rotary angles are stretched to contexts longer than those of training.
///
/// Fast turns, which tell near places apart, stay as they are; slow turns, which would pass their trained range, are slowed
/// by the factor; those between are mixed. Scores are sharpened a little by `attentionFactor`.
///
/// - Source: Peng et al. 2023 (YaRN), §3.
public struct YaRN: Codable, Hashable, Sendable {
    /// How many times longer the context becomes.
    public var factor: Float
    /// The context that the model was trained with.
    public var originalContextLength: Int
    /// Dimensions with more turns than this over the original context stay as they are.
    public var betaFast: Float
    /// Dimensions with fewer turns than this are slowed by the whole factor.
    public var betaSlow: Float
    /// What queries and keys are both multiplied by; 0.1 ln(factor) + 1 where nil.
    public var attentionFactor: Float?
    /// Whether the borders between the three ranges are rounded to whole dimensions.
    public var truncatesBorders: Bool

    /// The constants of the paper.
    public init(
        factor: Float, originalContextLength: Int, betaFast: Float = 32, betaSlow: Float = 1,
        attentionFactor: Float? = nil, truncatesBorders: Bool = true
    ) {
        self.factor = factor
        self.originalContextLength = originalContextLength
        self.betaFast = betaFast
        self.betaSlow = betaSlow
        self.attentionFactor = attentionFactor
        self.truncatesBorders = truncatesBorders
    }

    var problems: [String] {
        var problems: [String] = []
        if !(factor >= 1 && factor <= 10000) {
            problems.append("positions.yarn.factor is \(factor), but must be from 1 to 10000")
        }
        if !(1...1_048_576).contains(originalContextLength) {
            problems.append(
                "positions.yarn.originalContextLength is \(originalContextLength), but must be from 1 to 1048576"
            )
        }
        if !(betaSlow > 0 && betaFast > betaSlow && betaFast < 1e6) {
            problems.append(
                "positions.yarn.betaFast \(betaFast) must be more than betaSlow \(betaSlow), and both positive"
            )
        }
        if let attentionFactor, !(attentionFactor > 0 && attentionFactor < 100) {
            problems.append(
                "positions.yarn.attentionFactor is \(attentionFactor), but must be between 0 and 100"
            )
        }
        return problems
    }
}
