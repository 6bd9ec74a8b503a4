extension Tensor {
    /// Some tensors made from this one, of which only this one is kept for the backward pass: there, they are made again.
    ///
    /// A part of a model then takes the memory of its input between the forward and the backward pass, for one more
    /// forward pass of time. Since both passes do the same in the same order, no bit of any gradient changes.
    ///
    /// - Parameter function: must give the same results each time, so whatever is random must begin at the same place. It may
    ///   use other tensors that are differentiated, such as weights.
    /// - Returns: what the function returned; without a word about how, where nobody differentiates.
    /// - Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost".
    public func recomputed(_ function: @escaping (Tensor) -> [Tensor]) -> [Tensor] {
        // Where this tensor is a constant, only an ordinary record finds the way to the others.
        guard let tape = node?.tape, tape.isRecording else { return function(self) }
        let results = tape.withoutRecording { function(self) }
        let collected = CollectedGradients(count: results.count)
        // Below the results on the tape, so that it runs when all of their gradients have arrived.
        let anchor = Node(tape: tape, shape: []) { [self] _ in
            let again = tape.recordingAgain { function(self) }
            for (result, gradient) in zip(again, collected.gradients) {
                if let gradient { result.node?.add(gradient) }
            }
        }
        return results.enumerated().map { index, result in
            result.detached().recorded(on: node) { gradient in
                collected.gradients[index] = gradient
                anchor.add(Tensor.zeros([]))
            }
        }
    }
}

/// What has arrived of the gradients of several results.
private final class CollectedGradients {
    var gradients: [Tensor?]

    init(count: Int) {
        gradients = Array(repeating: nil, count: count)
    }
}
