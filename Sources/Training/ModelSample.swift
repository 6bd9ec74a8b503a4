/// What a model makes of a prompt, a few sources or the like, as it is at some step.
public struct ModelSample: Hashable, Sendable {
    /// What it wrote.
    public var text: String
    /// The share of validation answers that are right, where there are right ones.
    public var accuracy: Double?
    /// The same of training, where that is counted too.
    public var trainAccuracy: Double?

    /// A sample.
    public init(text: String, accuracy: Double? = nil, trainAccuracy: Double? = nil) {
        self.text = text
        self.accuracy = accuracy
        self.trainAccuracy = trainAccuracy
    }
}
