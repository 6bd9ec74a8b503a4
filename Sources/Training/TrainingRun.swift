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
    public private(set) var trainer: any Stepping
    /// What it learns from.
    public let data: TrainingData
    /// What the run remembers beside weights and moments.
    public private(set) var state: State

    private let lock: RunLock
    private let metrics: MetricsLog
    private let commandLine: String
    /// When this process began with the run.
    private let began = ContinuousClock.now
    /// How long others had taken before.
    private let secondsBefore: Double

    /// What a checkpoint's `state.json` holds.
    public struct State: Codable, Sendable {
        /// The configuration of the run, to notice where `config.json` has been edited since.
        public var configuration: RunConfiguration
        /// The step at which the losses were last measured.
        public var evaluatedStep: Int?
        /// The validation loss then, in nats per token.
        public var validationLoss: Double?
        /// The lowest loss on the part of the validation split that all evaluations look at.
        public var bestValidationLoss: Double?
        /// Seconds of training so far, without evaluations.
        public var trainingSeconds = 0.0
        /// How many evaluations in a row have brought no lower validation loss.
        public var evaluationsWithoutGain: Int?
        /// Why the run ended before all steps were taken.
        public var endedEarly: MetricEvent.Done.Reason?
        /// What the steps were like lately, where those that stand out are left out.
        public var spikeGuard: SpikeGuard?
        /// Seconds of the run so far, with all that it does; nil for runs of older versions.
        public var totalSeconds: Double?
        /// The most bytes that a forward pass has left for its backward pass, in whichever process; nil before the
        /// first step, and for runs of older versions.
        public var activationBytes: Int?
    }

    /// How a run ended.
    public enum Outcome: Hashable, Sendable {
        /// All steps were taken.
        case finished
        /// It ended before that, as its settings ask for.
        case endedEarly(MetricEvent.Done.Reason)
        /// It was stopped after a step, and saved.
        case interrupted
    }

    /// How many steps may be left out one after the other before the run stops all the same.
    public static let mostSkippedSteps = 10

    private init(
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

    private var totalSeconds: Double {
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

    /// Continues the run in a directory from its latest intact checkpoint, or from its beginning where it has none yet.
    ///
    /// - Returns: the run, and sentences about what was passed over or is missing.
    /// - Throws: ``TrainingError/finished(path:steps:)`` where nothing is left to do, and an error with a sentence for what
    ///   cannot be read or has changed.
    public static func resume(
        at path: String, commandLine: String
    ) throws -> (run: TrainingRun, notices: [String]) {
        let directory = try RunDirectory.open(at: path)
        let lock = try directory.lock()
        let configuration = try directory.validatedConfiguration()
        let tokenizer = try directory.tokenizer()
        let found = try directory.snapshots.find(.latest)
        var notices = found?.notices ?? []
        if found == nil {
            guard configuration.startedFrom == nil else {
                throw CheckpointError(
                    .missing, path: path,
                    "has no checkpoint yet, and began with the weights of another run; begin a new run in another"
                        + " directory with --encoder")
            }
            notices.append(
                "\(path.legible): there is no checkpoint yet, so the run begins at step 0.")
        }
        let state =
            try found?.snapshot.state(as: State.self) ?? State(configuration: configuration)
        if state.configuration != configuration {
            throw CheckpointError(
                .refused, path: directory.configurationPath,
                "has been edited since the checkpoint was written, and a run is resumed as it began;"
                    + " restore it, or begin a new run with --config")
        }
        let data = try TrainingData(of: configuration, tokenizer: tokenizer)
        var trainer = try makeTrainer(configuration, data: data)
        if let found { try trainer.load(found.snapshot) }
        trainer.spikeGuard = state.spikeGuard ?? SpikeGuard()
        let log = URL(fileURLWithPath: directory.metricsPath)
        let step = trainer.stepCount
        let isOver =
            state.evaluatedStep == step
            && (step >= configuration.training.steps || state.endedEarly != nil)
        // Else the process died before it could say so: that is left to do.
        try directory.removePartialFiles()
        if isOver, try MetricsLog.hasEnded(log) {
            if isReportStale(in: directory) {
                try RunReport(
                    configuration: configuration, run: directory.path, commandLine: commandLine
                )
                .write(MetricsLog.events(in: log), to: directory)
            }
            throw TrainingError.finished(path: path, steps: step)
        }
        let metrics = try MetricsLog(resuming: log, afterStep: found?.snapshot.step ?? -1)
        let loggedStep = metrics.resumedStep ?? 0
        if loggedStep < step {
            notices.append(
                "\(log.path.legible): "
                    + (loggedStep == 0 ? "has no steps" : "ends with step \(loggedStep)")
                    + ", while the checkpoint is of step \(step); the curves lack what is between.")
        }
        let run = TrainingRun(
            directory: directory, lock: lock, trainer: trainer, data: data, metrics: metrics,
            state: state,
            commandLine: commandLine)
        return (run, notices)
    }

    /// Whether the report may be older than the end of the log, since the process died between the two.
    private static func isReportStale(in directory: RunDirectory) -> Bool {
        func changed(_ path: String) -> Date? {
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        guard let report = changed(directory.reportPath), let log = changed(directory.metricsPath)
        else { return true }
        return report <= log
    }

    private var settings: TrainingSettings { trainer.configuration.training }

    /// Trains until all steps are taken or someone asks to stop.
    ///
    /// - Parameters:
    ///   - writesTensorBoard: whether to write the curves for TensorBoard too; a run that has begun to goes on
    ///     with it when resumed.
    ///   - detectsAnomalies: whether the result and the gradients of every operation are looked at for numbers that are
    ///     infinite or none, which takes time and changes nothing else.
    ///   - sample: writes a text with the model as it is.
    ///   - shouldStop: asked after each step; where it answers yes, the run is saved and ends.
    ///   - report: told everything that happens, after it has been logged.
    ///   - notice: told, in a sentence, what went wrong without stopping the run.
    public func run(
        writesTensorBoard: Bool = false, detectsAnomalies: Bool = false,
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
        let loss = state.validationLoss ?? .nan
        try emit(
            .done(
                .init(
                    run: directory.path, steps: trainer.stepCount, validationLoss: loss,
                    bitsPerByte: data.bitsPerByte(loss: loss),
                    seconds: state.trainingSeconds, totalSeconds: totalSeconds,
                    peakMemoryBytes: PeakMemory.megabytes * 1e6,
                    activationBytes: state.activationBytes.map(Double.init),
                    reason: state.endedEarly)))
        try writeReport()
        if settings.overfitsOneBatch { notice(try overfittingCheck().sentence) }
        guard let reason = state.endedEarly else { return .finished }
        let best = directory.snapshots.step(named: .best).map { ", that of step \($0)" } ?? ""
        notice(
            "Ended before step \(settings.steps), since \(settings.patience ?? 0) evaluations in a row brought no validation"
                + " loss below \(Float(state.bestValidationLoss ?? .nan))\(best), which checkpoints/best names."
        )
        return .endedEarly(reason)
    }

    /// How far the one batch was learnt by heart, where all steps learn from it.
    private func overfittingCheck() throws -> OverfittingCheck {
        let first = try MetricsLog.events(in: metrics.url).lazy.compactMap(\.trainingLoss).first
        return OverfittingCheck(first: first ?? .nan, last: Double(try trainer.lossOfFirstBatch()))
    }

    /// Losses on the first `count` tokens of both splits, or on all of the validation split alone.
    ///
    /// Ends early, with figures of no use, where someone asks to stop.
    private func evaluate(
        upTo count: Int?, shouldStop: () -> Bool
    ) throws -> (training: Double, validation: Double, parts: [String: Double]?) {
        let losses = try trainer.partLosses(on: .validation, upTo: count, shouldStop: shouldStop)
        let validation =
            losses.isEmpty
            ? try trainer.evaluate(on: .validation, upTo: count, shouldStop: shouldStop)
            : losses.mean
        let parts =
            losses.isEmpty
            ? nil : Dictionary(losses.map { ($0.name, $0.loss) }, uniquingKeysWith: { $1 })
        guard let count else { return (.nan, validation, parts) }
        return (
            try trainer.evaluate(on: .training, upTo: count, shouldStop: shouldStop), validation,
            parts
        )
    }

    /// Takes the mean of the weights now and at the last evaluations, where the settings ask for it.
    ///
    /// - Source: Vaswani et al. 2017, §6.1.
    ///
    /// Only snapshots of evaluations count: those that an interruption leaves would make a resumed run another one.
    ///
    /// - Returns: the weights as they were; nil where there is nothing to average.
    private func averageWeights(notice: (String) -> Void) throws -> [String: Tensor]? {
        let steps = averagedSteps.filter { $0 < trainer.stepCount }
            .suffix(settings.averagedCheckpoints - 1)
        let earlier = try directory.snapshots.snapshots().filter { steps.contains($0.step) }
        if earlier.isEmpty { return nil }
        let weights = Dictionary(
            uniqueKeysWithValues: trainer.weights().map { ($0.name, $0.tensor) })
        var sums = weights
        for snapshot in earlier {
            for (name, tensor) in try namedTensors(in: snapshot.model()) {
                sums[name] = sums[name].map { $0 + tensor }
            }
        }
        let share = 1 / Float(earlier.count + 1)
        try trainer.load(weights: sums.mapValues { $0 * share })
        notice(
            "The weights at the end are the mean of those at steps "
                + (earlier.map(\.step) + [trainer.stepCount]).map(String.init)
                .joined(separator: ", ") + ".")
        return weights
    }

    /// The steps of the evaluations whose weights are, or may yet be, averaged.
    private var averagedSteps: [Int] {
        let interval = settings.evaluationInterval
        let last = trainer.stepCount / interval
        let first = max(last - settings.averagedCheckpoints + 1, 1)
        return first > last || settings.averagedCheckpoints == 1
            ? [] : (first...last).map { $0 * interval }
    }

    private func save(isBest: Bool, notice: (String) -> Void) throws {
        func items(_ tensors: [(name: String, tensor: Tensor)]) -> [SafetensorsWriter.Item] {
            tensors.map { SafetensorsWriter.Item(name: $0.name, tensor: $0.tensor) }
        }
        if settings.spikeSkip != nil { state.spikeGuard = trainer.spikeGuard }
        try metrics.synchronize()
        state.totalSeconds = totalSeconds
        let saved = try directory.snapshots.save(
            step: trainer.stepCount, model: items(trainer.weights()),
            optimizer: items(trainer.optimizerState()), state: state, isBest: isBest,
            keepingLast: settings.keptCheckpoints, keepingSteps: Set(averagedSteps))
        saved.notices.forEach(notice)
        try writeReport()
    }

    /// Writes `report.html` and `samples.txt` from what has been logged.
    private func writeReport() throws {
        let events = try MetricsLog.events(in: metrics.url)
        try RunReport(
            configuration: trainer.configuration, run: directory.path, commandLine: commandLine
        )
        .write(events, to: directory)
    }
}
