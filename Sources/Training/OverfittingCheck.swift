/// What training on one batch alone came to: whether the model and its gradients can learn it by heart.
///
/// - Source: Karpathy 2019, "A Recipe for Training Neural Networks".
struct OverfittingCheck {
    /// The share of the first loss that counts as nothing: where sequences begin alike and go on differently, a little remains.
    static let nearlyNothing = 0.05

    /// The loss on the batch before the first step, in nats.
    let first: Double
    /// The loss on it now, without dropout.
    let last: Double

    /// Whether the batch was learnt.
    var isLearnt: Bool { last <= first * Self.nearlyNothing }

    /// The verdict, and what to look at where it is bad.
    var sentence: String {
        func text(_ value: Double) -> String { "\(Float((value * 10_000).rounded() / 10_000))" }
        let course = "the loss on the one batch went from \(text(first)) to \(text(last))"
        if isLearnt {
            return
                "Learnt by heart: \(course), so the model and its gradients work; now train it on"
                + " all of the data."
        }
        return
            "Not learnt by heart: \(course), more than \(Int(Self.nearlyNothing * 100))% of what it was. Suspect, in this order:"
            + " too few --steps; a --learning-rate that is too low or too high; dropout or label smoothing; a model too small, or"
            + " without positions, for what the batch asks; equal inputs with different targets; a part whose gradient does not"
            + " arrive."
    }
}
