public import AttendTensors

/// The position-wise feed-forward network: W₂ f(W₁ x + b₁) + b₂, where f is a function or a gate.
///
/// A gate multiplies one half of what W₁ makes with a function of the other: GLU, ReGLU, GEGLU, SwiGLU. Parameters carry
/// GPT-2's names.
///
/// - Source: Vaswani et al. 2017, §3.3; gates: Dauphin et al. 2017, Shazeer 2020.
public struct FeedForward: Module {
    /// From width to hidden width, or to twice that where the function is a gate: its gate first.
    public var up: Linear
    /// From hidden width to width.
    public var down: Linear
    /// Between the two.
    public var function: HiddenFunction

    /// - Parameter hiddenWidth: the width of what the second map receives.
    public init(
        width: Int, hiddenWidth: Int, function: HiddenFunction, hasBias: Bool,
        weights: WeightDistribution = .gpt2, random: inout RandomSource
    ) {
        let upWidth = function.isGated ? 2 * hiddenWidth : hiddenWidth
        up = Linear(
            inputs: width, outputs: upWidth, hasBias: hasBias,
            deviation: weights.deviation(inputs: width, outputs: upWidth), random: &random)
        down = Linear(
            inputs: hiddenWidth, outputs: width, hasBias: hasBias,
            deviation: weights.residualDeviation(inputs: hiddenWidth, outputs: width),
            random: &random)
        self.function = function
    }

    /// `[…, width]` → `[…, width]`, with the residual added where one is given.
    ///
    /// - Parameter dropout: of the hidden vectors, in training.
    public func callAsFunction(
        _ x: Tensor, residual: Tensor? = nil, dropout: Float = 0, context: inout Context
    ) -> Tensor {
        var hidden: Tensor
        switch function {
        case .activation(let activation):
            hidden = up(x, activation: activation, precision: context.precision)
        case .gate(let gate):
            hidden = up(x, precision: context.precision).gated(gate)
        }
        hidden = context.dropout(hidden, probability: dropout)
        return down(hidden, residual: residual, precision: context.precision)
    }

    /// Multiplications and additions for each token.
    var flopsPerToken: Int { 2 * (up.weight.count + down.weight.count) }

    /// How many parameters such a network has.
    public static func parameterCount(
        width: Int, hiddenWidth: Int, function: HiddenFunction, hasBias: Bool
    ) -> Int {
        let upWidth = function.isGated ? 2 * hiddenWidth : hiddenWidth
        return width * upWidth + hiddenWidth * width + (hasBias ? upWidth + width : 0)
    }

    /// Visits both maps.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("c_fc", &up)
        visitor.visit("c_proj", &down)
    }
}

/// What stands between the two maps of a feed-forward network.
///
/// Written as one word, the name in papers: `relu`, `gelu`, `SwiGLU`.
public enum HiddenFunction: Hashable, Sendable, CaseIterable {
    /// A function of each element.
    case activation(Activation)
    /// One half times a function of the other.
    case gate(Gate)

    /// Whether the first map makes two halves.
    public var isGated: Bool {
        if case .gate = self { true } else { false }
    }

    /// All functions and gates.
    public static var allCases: [HiddenFunction] {
        Activation.allCases.map { .activation($0) } + Gate.allCases.map { .gate($0) }
    }

    /// Its word.
    public var name: String {
        switch self {
        case .activation(let activation): activation.rawValue
        case .gate(.sigmoid): "GLU"
        case .gate(.relu): "ReGLU"
        case .gate(.gelu): "GEGLU"
        case .gate(.geluTanh): "GEGLU_new"
        case .gate(.silu): "SwiGLU"
        case .gate(.clampedSwish): "clampedSwiGLU"
        }
    }
}

extension HiddenFunction: Codable {
    /// Reads a word.
    public init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        guard let found = Self.allCases.first(where: { $0.name == word }) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "\"\(word)\" is none of "
                        + Self.allCases.map(\.name).joined(separator: ", ")))
        }
        self = found
    }

    /// Writes the word.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
