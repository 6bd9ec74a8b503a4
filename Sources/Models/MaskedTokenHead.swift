public import AttendLayers
public import AttendTensors

/// The head that restores masked tokens: a map, a function, a norm, and the vectors of the tokens.
///
/// - Source: Devlin et al. 2019, §3.1.
public struct MaskedTokenHead: Module {
    /// From the tokens' vectors to what the function receives.
    public var transform: Linear
    /// After the function.
    public var norm: Norm
    /// Added to the logits, `[vocabulary]`.
    public var bias: Parameter
    /// After the map.
    public let function: Activation

    /// A head for an encoder of these sizes.
    init(_ configuration: BERT.Configuration, random: inout RandomSource) {
        let width = configuration.width
        transform = Linear(inputs: width, outputs: width, random: &random)
        norm = Norm(configuration.norm, width: width, epsilon: configuration.normEpsilon)
        bias = Parameter(.zeros([configuration.vocabularySize]))
        function = configuration.headFunction ?? .gelu
    }

    /// `[…, width]` → `[…, vocabulary]`.
    ///
    /// - Parameter tokens: the encoder's table, which is the head's too.
    func callAsFunction(_ x: Tensor, tokens: Embedding, precision: Precision) -> Tensor {
        norm(transform(x, activation: function, precision: precision))
            .linear(weight: tokens.weight, bias: bias.tensor, precision: precision)
    }

    /// Visits the map, the norm and the bias.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("dense", &transform)
        visitor.visit("norm", &norm)
        visitor.visit("bias", &bias)
    }
}
