internal import Synchronization

/// Looks at all that a differentiation computes, operation by operation, for the first number that is infinite or none.
///
/// Given to ``valueWithGradients(of:watch:_:)``, it sees the result of every operation as soon as that is made and, on the
/// way back, what every derivative adds to the gradients of its inputs. Each is read once more for this.
public final class AnomalyWatch: Sendable {
    /// Where a number stopped being finite first.
    public struct Anomaly: Hashable, Sendable, CustomStringConvertible {
        /// The function that computes the operation, such as `linear`.
        public let operation: String
        /// The part of the model that it was computed in, such as `h.0.attn`; empty outside of all parts.
        public let part: String
        /// Whether it was a gradient that the operation's derivative gave, rather than its result.
        public let isGradient: Bool

        /// What is infinite or not a number, as the subject of a sentence.
        public var description: String {
            (isGradient ? "a gradient from" : "the result of") + " the operation \(operation)"
                + (part.isEmpty ? "" : " in \(part)")
        }
    }

    private struct State {
        var path: [String] = []
        var first: Anomaly?
    }

    private let state = Mutex(State())

    /// A watch that has seen nothing.
    public init() {}

    /// What was found first; nil where all numbers were finite.
    public var first: Anomaly? { state.withLock { $0.first } }

    /// Says that what follows belongs to a part of the model.
    public func enter(_ part: String) { state.withLock { $0.path.append(part) } }

    /// Says that the part last entered is over.
    public func leave() { state.withLock { _ = $0.path.popLast() } }

    /// Looks at an operation's result, and returns its derivative with a look at the gradients that it adds to.
    func watching(
        _ operation: StaticString, result: Tensor, inputs: [Node?],
        _ derivative: @escaping (Tensor) -> Void
    ) -> (Tensor) -> Void {
        let name = String("\(operation)".prefix { $0 != "(" })
        let (isFirst, part) = state.withLock {
            ($0.first == nil, $0.path.joined(separator: "."))
        }
        if isFirst, !result.isFinite {
            note(Anomaly(operation: name, part: part, isGradient: false))
        }
        return { [self] gradient in
            derivative(gradient)
            if first == nil, inputs.contains(where: { $0?.gradient?.isFinite == false }) {
                note(Anomaly(operation: name, part: part, isGradient: true))
            }
        }
    }

    private func note(_ anomaly: Anomaly) {
        state.withLock { $0.first = $0.first ?? anomaly }
    }
}
