/// From which normal distribution the weights of linear maps are drawn at first.
public enum WeightDistribution: Hashable, Sendable {
    /// A deviation of 0.02; of maps that end in the residual stream, 0.02 / √(2 · layers) (Radford et al. 2019).
    case gpt2Scaled(layerCount: Int)
    /// √(2 / (inputs + outputs)), so that variance is kept forwards and backwards (Glorot & Bengio 2010).
    case glorot
    /// The same deviation everywhere.
    case equal(deviation: Float)

    /// A deviation of 0.02 everywhere.
    public static var gpt2: WeightDistribution { .gpt2Scaled(layerCount: 0) }

    func deviation(inputs: Int, outputs: Int) -> Float {
        switch self {
        case .gpt2Scaled: 0.02
        case .glorot: (2 / Float(inputs + outputs)).squareRoot()
        case .equal(let deviation): deviation
        }
    }

    /// The deviation for a map that ends in the residual stream.
    func residualDeviation(inputs: Int, outputs: Int) -> Float {
        switch self {
        case .gpt2Scaled(let layerCount):
            layerCount == 0 ? 0.02 : 0.02 / Float(2 * layerCount).squareRoot()
        case .glorot, .equal: deviation(inputs: inputs, outputs: outputs)
        }
    }
}
