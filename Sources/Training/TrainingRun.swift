public import AttendCheckpoints
public import AttendModels
internal import AttendLayers
internal import AttendTensors
internal import AttendText
internal import Foundation

/// One training with its directory: evaluations, samples, metrics, checkpoints, report.
public final class TrainingRun {
    /// Where everything is written.
    public let directory: RunDirectory
    /// The model, the optimizer and the place in the data.
    public internal(set) var trainer: any Stepping
    /// What it learns from.
    public let data: TrainingData
    /// What the run remembers beside weights and moments.
    public internal(set) var state: State

    let lock: RunLock
    let metrics: MetricsLog
    let commandLine: String
    /// When this process began with the run.
    let began = ContinuousClock.now
    /// How long others had taken before.
    let secondsBefore: Double

    /// How many steps may be left out one after the other before the run stops all the same.
    public static let mostSkippedSteps = 10

    init(
        directory: RunDirectory, lock: RunLock, trainer: any Stepping, data: TrainingData,
        metrics: MetricsLog,
        state: State, commandLine: String
    ) {
        self.directory = directory
        self.lock = lock
        self.trainer = trainer
        self.data = data
        self.metrics = metrics
        self.state = state
        self.commandLine = commandLine
        secondsBefore = state.totalSeconds ?? state.trainingSeconds
    }

    var totalSeconds: Double {
        secondsBefore + (ContinuousClock.now - began) / .seconds(1)
    }

    /// Begins a run in a new directory.
    ///
    /// The data and the sizes are checked before the directory is made, so that a refused run leaves nothing behind.
    ///
    /// - Parameters:
    ///   - encoder: a trained encoder that a classifier is to begin with.
    ///   - commandLine: what was typed, for the report.
    /// - Throws: an error with a sentence for data or sizes that cannot be used, or a directory that cannot be written.
    public static func begin(
        _ configuration: RunConfiguration, data: TrainingData, encoder: BERT? = nil,
        at path: String, commandLine: String
    ) throws -> TrainingRun {
        let trainer = try makeTrainer(configuration, data: data, encoder: encoder)
        let directory = try RunDirectory.create(at: path)
        let lock = try directory.lock()
        try directory.removeUnfinishedStart()
        let metrics = try MetricsLog(creating: URL(fileURLWithPath: directory.metricsPath))
        try directory.writeTokenizer(data.tokenizer)
        try directory.writeConfiguration(configuration)
        return TrainingRun(
            directory: directory, lock: lock, trainer: trainer, data: data, metrics: metrics,
            state: State(configuration: configuration),
            commandLine: commandLine)
    }

    var settings: TrainingSettings { trainer.configuration.training }

    /// Trains until all steps are taken or someone asks to stop.
    ///
    /// - Parameters:
    ///   - writesTensorBoard: whether to write the curves for TensorBoard too; a run that has begun to goes on
    ///     with it when resumed.
    ///   - detectsAnomalies: whether the result and the gradients of every operation are looked at for numbers that are
    ///     infinite or none, which takes time and changes nothing else.
    ///   - memoryLimit: how many bytes of memory the process was to have at most; a run that had more says so at its end.
    ///   - sample: writes a text with the model as it is.
    ///   - shouldStop: asked after each step; where it answers yes, the run is saved and ends.
    ///   - report: told everything that happens, after it has been logged.
    ///   - notice: told, in a sentence, what went wrong without stopping the run.
    public func run(
        writesTensorBoard: Bool = false, detectsAnomalies: Bool = false,
        memoryLimit: Double? = nil,
        sample: (AnyModel) -> ModelSample, shouldStop: () -> Bool,
        report: (MetricEvent) -> Void, notice: (String) -> Void
    ) throws -> Outcome {
        trainer.detectsAnomalies = detectsAnomalies
        let floor = data.description.floor
        var tensorBoard: TensorBoardLog?
        // No training is lost for a drawing.
        func tryTensorBoard(_ work: () throws -> Void) {
            do {
                try work()
            } catch {
                tensorBoard = nil
                notice("TensorBoard gets no more of this training: \(error)")
            }
        }
        if writesTensorBoard || FileKind.of(directory.tensorBoardPath) == .directory {
            tryTensorBoard {
                tensorBoard = try TensorBoardLog(
                    in: directory.tensorBoardPath, afterStep: trainer.stepCount)
            }
        }
        func emit(_ event: MetricEvent) throws {
            try metrics.append(event)
            tryTensorBoard { try tensorBoard?.append(event) }
            report(event)
        }
        let start = MetricEvent.start(
            .init(
                parameters: trainer.configuration.model.sizes.parameterCount, run: directory.path,
                floor: floor))
        if metrics.isEmpty { try emit(start) } else { report(start) }

        let clock = ContinuousClock()
        var skipped = 0
        while true {
            let step = trainer.stepCount
            let isLast = step >= settings.steps
            if isLast || step.isMultiple(of: settings.evaluationInterval),
                state.evaluatedStep != step
            {
                // Kept, so that a run that is stopped in its last evaluation does not average twice.
                let weightsBefore = isLast ? try averageWeights(notice: notice) : nil
                let (training, begin, parts) = try evaluate(
                    upTo: settings.evaluationTokens, shouldStop: shouldStop)
                // The last figure is of the whole split; which step is best is decided on the part of it that every
                // evaluation looks at. The weights before the first step are not saved, so they cannot be the best.
                let isBest = step > 0 && begin < state.bestValidationLoss ?? .infinity
                let withoutGain =
                    step == 0 || isBest ? 0 : (state.evaluationsWithoutGain ?? 0) + 1
                let isOutOfPatience = !isLast && withoutGain >= settings.patience ?? .max
                let whole =
                    isLast || isOutOfPatience
                    ? try evaluate(upTo: nil, shouldStop: shouldStop) : nil
                let validation = whole?.validation ?? begin
                if shouldStop() {
                    if let weightsBefore { try trainer.load(weights: weightsBefore) }
                    if step > 0 { try save(isBest: false, notice: notice) }
                    return .interrupted
                }
                let sample = sample(trainer.currentModel)
                try emit(
                    .evaluation(
                        .init(
                            step: step, trainLoss: training, validationLoss: validation,
                            floor: floor, accuracy: sample.accuracy,
                            validationLosses: whole?.parts ?? parts,
                            trainAccuracy: sample.trainAccuracy)))
                try emit(.sample(.init(step: step, text: sample.text)))
                if settings.patience != nil { state.evaluationsWithoutGain = withoutGain }
                if isOutOfPatience { state.endedEarly = .patience }
                state.evaluatedStep = step
                state.validationLoss = validation
                if isBest { state.bestValidationLoss = begin }
                if step > 0 { try save(isBest: isBest, notice: notice) }
            }
            if isLast || state.endedEarly != nil { break }
            if shouldStop() {
                if step > 0 { try save(isBest: false, notice: notice) }
                return .interrupted
            }
            let began = clock.now
            let result = try trainer.step(
                measuringLayers: MetricEvent.Layers.areDue(
                    at: step + 1, of: settings.steps,
                    evaluationInterval: settings.evaluationInterval))
            let seconds = (clock.now - began) / .seconds(1)
            state.trainingSeconds += seconds
            state.activationBytes = [state.activationBytes, trainer.activationBytes]
                .compactMap(\.self).max()
            try emit(
                .step(
                    .init(
                        step: trainer.stepCount, loss: Double(result.loss),
                        learningRate: Double(result.learningRate),
                        gradientNorm: Double(result.gradientNorm),
                        tokensPerSecond: Double(result.tokenCount) / seconds,
                        skipped: result.fault != nil
                            ? .nonFinite : result.spike != nil ? .spike : nil)))
            if let spike = result.spike {
                notice("Step \(trainer.stepCount) is left out, since \(spike).")
            }
            if let layers = result.layers {
                try emit(.layers(.init(step: trainer.stepCount, layers: layers)))
            }
            skipped = result.fault == nil ? 0 : skipped + 1
            if let fault = result.fault {
                let error: TrainingError =
                    skipped < 2
                    ? .notFinite(step: trainer.stepCount, fault)
                    : .lastingFault(step: trainer.stepCount, skipped: skipped - 1, fault)
                // Weights that are no numbers stay so, whatever is left out.
                let isLasting = if case .weight = fault { true } else { false }
                guard settings.nonFinite == .skip, !isLasting, skipped < Self.mostSkippedSteps
                else {
                    try writeReport()
                    throw error
                }
                notice(
                    "Step \(trainer.stepCount) is left out, since \(fault) was infinite or not a number."
                )
            }
        }
        let end = end(memoryLimit: memoryLimit)
        try emit(.done(end))
        try writeReport()
        if let excess = MemoryLimit.excess(of: end) { notice(excess) }
        if settings.overfitsOneBatch { notice(try overfittingCheck().sentence) }
        guard let reason = state.endedEarly else { return .finished }
        let best = directory.snapshots.step(named: .best).map { ", that of step \($0)" } ?? ""
        notice(
            "Ended before step \(settings.steps), since \(settings.patience ?? 0) evaluations in a row brought no validation"
                + " loss below \(Float(state.bestValidationLoss ?? .nan))\(best), which checkpoints/best names."
        )
        return .endedEarly(reason)
    }
}
