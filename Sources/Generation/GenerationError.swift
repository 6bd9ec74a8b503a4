/// Why no text can be generated.
public enum GenerationError: Error, Hashable, Sendable {
    /// A setting is outside of what is accepted.
    case outOfRange(name: String, value: String, accepted: String)
    /// The model's logits are infinite or not numbers, so none of them is the likeliest.
    case logitsAreNotFinite
}

extension GenerationError: CustomStringConvertible {
    /// What was found and what would do, in one sentence.
    public var description: String {
        switch self {
        case .outOfRange(let name, let value, let accepted):
            "The \(name) is \(value); expected \(accepted)."
        case .logitsAreNotFinite:
            "The model's logits are infinite or not numbers, so no token can be chosen or scored; use a checkpoint "
                + "from before its training went wrong."
        }
    }
}
