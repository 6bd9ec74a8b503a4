internal import Foundation

/// What the log-probability of a hypothesis is divided by before it is compared with those of other lengths.
///
/// Every further token lowers a log-probability, so without a penalty short hypotheses win. The length counts the tokens whose
/// probabilities were added up, the end token included and the prompt not. An exponent above 0 prefers longer hypotheses, one
/// below 0 shorter ones, and 0 compares the sums.
public enum LengthPenalty: Hashable, Sendable {
    /// length^α, as in Hugging Face transformers; with 1 the mean is compared.
    case power(Double)
    /// ((5 + length) / 6)^α, which changes less for short hypotheses.
    ///
    /// - Source: Wu et al. 2016, §7.
    case wu(Double)

    /// The exponents that are accepted.
    public static let exponents = -10.0...10

    /// α.
    public var exponent: Double {
        switch self {
        case .power(let exponent), .wu(let exponent): exponent
        }
    }

    /// The score of so many tokens, at least one, that together have this log-probability.
    func score(_ logProbability: Double, length: Int) -> Double {
        switch self {
        case .power(let exponent): logProbability / pow(Double(length), exponent)
        case .wu(let exponent): logProbability / pow((5 + Double(length)) / 6, exponent)
        }
    }
}
