public import AttendTensors

/// Where, in a step, numbers stopped being finite first.
public enum NumericFault: Hashable, Sendable, CustomStringConvertible {
    /// A weight was no finite number before the step began.
    case weight(String)
    /// An operation, where each was looked at.
    case operation(AnomalyWatch.Anomaly)
    /// What a part of the model made, such as `h.0.attn`, of finite weights and inputs.
    case output(String)
    /// The loss, of finite outputs.
    case loss
    /// The gradient of a parameter, of a finite loss; the one that the backward pass came to first.
    case gradient(String)
    /// The norm of all gradients, each of which is finite.
    case gradientNorm

    /// Whether it says which operation it was.
    var namesOperation: Bool {
        if case .operation = self { true } else { false }
    }

    /// What is infinite or not a number, as the subject of a sentence.
    public var description: String {
        switch self {
        case .weight(let name): "the weight \(name)"
        case .operation(let anomaly): "\(anomaly)"
        case .output(let name): "the output of \(name)"
        case .loss: "the loss"
        case .gradient(let name): "the gradient of \(name)"
        case .gradientNorm: "the norm of the gradients"
        }
    }
}
