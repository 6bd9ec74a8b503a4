public import AttendCheckpoints
internal import AttendFigures

/// What a plan predicted beside what came of it.
public struct PredictionComparison: Sendable {
    /// One quantity.
    public struct Row: Sendable {
        /// What is compared.
        public let name: String
        /// What the plan said, with its unit.
        public let predicted: String
        /// What was measured.
        public let actual: String
        /// What was measured over what the plan said.
        public let ratio: Double
    }

    /// Time, memory and loss, as far as both are known.
    public let rows: [Row]

    /// A comparison with the end of a run.
    public init(_ prediction: TrainingPrediction, _ done: MetricEvent.Done) {
        func row(
            _ name: String, _ predicted: Double, _ actual: Double?, _ text: (Double) -> String
        ) -> Row? {
            guard let actual, actual.isFinite, predicted > 0 else { return nil }
            return Row(
                name: name, predicted: text(predicted), actual: text(actual),
                ratio: actual / predicted)
        }
        rows = [
            row("time", prediction.seconds, done.totalSeconds) { DurationText.text($0) },
            row("memory", prediction.memoryBytes, done.peakMemoryBytes) {
                Numeral.brief($0 / 1e6, digits: 3) + " MB"
            },
            row("validation loss", prediction.validationLoss, done.validationLoss) {
                Numeral.fixed($0, places: 3)
            },
        ].compactMap { $0 }
    }
}
