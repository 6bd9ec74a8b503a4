import Attend
import Foundation

/// Shows a training as it goes on: JSON lines on standard output, or a live line and the samples on standard error.
struct TrainDisplay {
    /// Why standard output could not be written, where that happened; the run is then saved and stopped.
    private(set) var outputError: (any Error)?
    private let isJSON: Bool
    private let totalSteps: Int
    private let firstStep: Int
    private let floor: Double?
    private let prediction: TrainingPrediction?
    private var progress = ProgressDisplay.standardError()
    private var dashboard: (display: DashboardDisplay, state: DashboardState)?
    private var state: ProgressState
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant

    /// - Parameter hasDashboard: whether to draw one, if standard error is a terminal.
    init(_ run: TrainingRun, isJSON: Bool, hasDashboard: Bool = false) {
        self.isJSON = isJSON
        let configuration = run.trainer.configuration
        totalSteps = configuration.training.steps
        firstStep = run.trainer.stepCount
        floor = configuration.data.floor
        prediction = configuration.prediction
        began = clock.now
        state = ProgressState(
            step: firstStep, totalSteps: totalSteps, firstStep: firstStep, elapsedSeconds: 0,
            floor: floor)
        if isJSON { return }
        let (model, data) = (configuration.model, configuration.data)
        if hasDashboard {
            if let display = DashboardDisplay.standardError() {
                let title =
                    "\(run.directory.path)  \(model.architecture.rawValue), \(model.sizes.parameterCount.grouped) parameters, "
                    + data.source
                dashboard = (display, DashboardState(title: title, progress: state))
            } else {
                progress.message(
                    "Standard error is no terminal that a dashboard can be drawn on; lines follow instead."
                )
            }
        }
        let facts = model.sizes.facts.prefix(6).map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        progress.message(
            """
            Training a model of the family \(model.architecture.rawValue) with \(model.sizes.parameterCount.grouped) parameters \
            (\(facts)) on \(data.source.legible), \(Self.amount(of: data)), into \(run.directory.path.legible)
            """)
        if let floor {
            progress.message(
                "The text's entropy is \(Self.loss(floor)) nats per character: no model can have a lower loss."
            )
        }
    }

    /// Shows one event.
    mutating func show(_ event: MetricEvent) {
        if isJSON {
            do { try Output.line(event.jsonLine) } catch { outputError = outputError ?? error }
            return
        }
        let seconds = (clock.now - began) / .seconds(1)
        state.elapsedSeconds = seconds
        defer { draw(event, at: seconds) }
        switch event {
        case .start, .layers: break
        case .step(let step):
            state.step = step.step
            state.loss = step.loss
            // A moving mean, so that the figure can be read.
            state.tokensPerSecond =
                state.tokensPerSecond.map { 0.9 * $0 + 0.1 * step.tokensPerSecond }
                ?? step.tokensPerSecond
            if dashboard == nil { progress.update(state, at: seconds) }
        case .evaluation(let evaluation):
            state.validationLoss = evaluation.validationLoss
            if dashboard != nil { break }
            progress.evaluated(state, at: seconds)
            var line =
                "── step \(evaluation.step.grouped): training loss \(Self.loss(evaluation.trainLoss)), validation loss"
                + " \(Self.loss(evaluation.validationLoss))"
            if let floor {
                let above = (evaluation.validationLoss / floor - 1) * 100
                line += ", floor \(Self.loss(floor)) (\(Int(above.rounded()).grouped)% above it)"
            }
            if let accuracy = evaluation.accuracy {
                line +=
                    evaluation.trainAccuracy.map {
                        ", \(Self.percent($0)) of the training answers and \(Self.percent(accuracy)) of the validation answers right"
                    } ?? ", \(Self.percent(accuracy)) of the answers right"
            }
            progress.message(line)
        case .sample(let sample):
            if dashboard == nil { progress.message(Self.indented(sample.text)) }
        case .done(let done):
            dashboard?.display.finish()
            dashboard = nil
            progress.finish()
            progress.message(
                "Trained \(done.steps.grouped) steps in \(DurationText.text(done.seconds)); validation loss"
                    + " \(Self.loss(done.validationLoss))"
                    + (done.bitsPerByte.map { ", \(Self.loss($0)) bits per byte" } ?? "")
                    + (floor.map {
                        ", \(Self.percent(done.validationLoss / $0 - 1)) above the floor \(Self.loss($0))"
                    }
                        ?? ""))
            if let peak = done.peakMemoryBytes, let kept = done.activationBytes {
                progress.message(
                    "At most \(Int(peak / 1e6).grouped) MB of memory, \(Int(kept / 1e6).grouped) of them kept by a forward pass"
                        + " for its backward pass")
            }
            for row in prediction.map({ PredictionComparison($0, done).rows }) ?? [] {
                progress.message(
                    "Predicted \(row.name) \(row.predicted), actual \(row.actual): \(Self.percent(row.ratio)) of it"
                )
            }
        }
    }

    private mutating func draw(_ event: MetricEvent, at seconds: Double) {
        guard var (display, dashboard) = dashboard else { return }
        dashboard.note(event)
        dashboard.progress = state
        dashboard.memoryBytes = PeakMemory.megabytes * 1e6
        let isUrgent = if case .sample = event { true } else { false }
        display.update(dashboard, at: seconds, isUrgent: isUrgent)
        self.dashboard = (display, dashboard)
    }

    /// Shows a sentence.
    mutating func message(_ text: String) {
        if isJSON {
            Output.message(text)
        } else if dashboard != nil {
            dashboard?.display.message(text)
        } else {
            progress.message(text)
        }
    }

    /// Leaves the terminal in order.
    mutating func finish() {
        if isJSON { return }
        dashboard?.display.finish()
        dashboard = nil
        progress.finish()
    }

    private static func amount(of data: DataDescription) -> String {
        data.trainingExampleCount.map {
            "\($0.grouped) "
                + (data.kind == .pairs
                    ? "pairs" : data.trainingShare == nil ? "texts" : "equations")
        } ?? "\(data.trainingCharacterCount.grouped) characters"
    }

    private static func loss(_ value: Double) -> String {
        value.isFinite ? String(format: "%.4f", value) : "not finite"
    }

    private static func percent(_ value: Double) -> String {
        String(format: "%.1f%%", value * 100)
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: true).map { "   " + $0 }.joined(
            separator: "\n")
    }
}
