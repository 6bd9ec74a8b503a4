public import AttendCheckpoints

/// What a report says about a run beside what its events say.
public struct ReportSummary: Sendable {
    /// The heading, such as the preset and the data: `default on tales`.
    public var title: String
    /// The kind of model, such as `GPT`.
    public var modelName: String
    /// How many numbers the model learns.
    public var parameterCount: Int
    /// The resolved configuration, in the order to show it.
    public var configuration: [(name: String, value: String)]
    /// What it was trained on, as a noun phrase: `tales, 1,000,000 characters`.
    public var dataDescription: String
    /// What one token is, in the singular: `character`, `byte`, `token`.
    public var tokenName: String
    /// The seed of all random numbers.
    public var seed: UInt64
    /// The command that repeats the run.
    public var command: String
    /// The run directory, as to be typed.
    public var run: String
    /// How many steps the run is to have; nil where that is not known.
    public var plannedSteps: Int?
    /// This run and others that learned from the same text, the best first; empty where there are no others.
    public var comparison: [RecordedRun]

    /// What a plan said of the run; nil where there was none.
    public var prediction: TrainingPrediction?

    /// A summary of a run.
    public init(
        title: String, modelName: String, parameterCount: Int,
        configuration: [(name: String, value: String)], dataDescription: String,
        tokenName: String = "token", seed: UInt64, command: String, run: String,
        plannedSteps: Int? = nil, comparison: [RecordedRun] = [],
        prediction: TrainingPrediction? = nil
    ) {
        self.prediction = prediction
        self.title = title
        self.modelName = modelName
        self.parameterCount = parameterCount
        self.configuration = configuration
        self.dataDescription = dataDescription
        self.tokenName = tokenName
        self.seed = seed
        self.command = command
        self.run = run
        self.plannedSteps = plannedSteps
        self.comparison = comparison
    }
}
