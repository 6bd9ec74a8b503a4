public import AttendCheckpoints
internal import AttendModels
internal import AttendTensors
public import Foundation

/// What the directory of a run says of it: how it was set up, how far it came and what it came to.
public struct RecordedRun: Sendable {
    /// Where a run stands.
    public enum State: String, Codable, Hashable, Sendable {
        /// All steps were taken.
        case finished
        /// Steps are left, and nobody takes them now.
        case stopped
        /// A process has the run's lock.
        case running
        /// A loss was infinite or not a number.
        case diverged
    }

    /// The run directory.
    public let path: String
    /// Everything that decided how the run went.
    public let configuration: RunConfiguration
    /// When its configuration was written.
    public let began: Date
    /// Where it stands.
    public let state: State
    /// Seconds of training up to the end, or else to the latest checkpoint; nil before there is one.
    public let seconds: Double?
    /// What it logged: all of it, or no steps but the last.
    let history: RunHistory

    /// The most bytes of a log that are read.
    public static let logLimit = 1 << 30

    /// Reads the run in a directory.
    ///
    /// - Parameter keepsSteps: whether the losses of all steps are wanted.
    /// - Throws: `CheckpointError` or ``MetricsLogError`` that names what is missing or damaged.
    public init(at path: String, keepsSteps: Bool = false) throws {
        let directory = try RunDirectory.open(at: path)
        try self.init(
            directory, configuration: directory.validatedConfiguration(), keepsSteps: keepsSteps)
    }

    init(
        _ directory: RunDirectory, configuration: RunConfiguration, keepsSteps: Bool = false
    ) throws {
        let log = URL(fileURLWithPath: directory.metricsPath)
        let history = RunHistory(
            keepsSteps
                ? try MetricsLog.events(in: log, atMost: Self.logLimit)
                : try MetricsLog.outline(of: log, atMost: Self.logLimit))
        path = directory.path
        self.configuration = configuration
        self.history = history
        began = Self.dateOfConfiguration(in: path) ?? .distantPast
        state =
            directory.isInUse
            ? .running
            : history.divergedStep != nil ? .diverged : history.end != nil ? .finished : .stopped
        seconds =
            history.end?.seconds
            ?? (try? directory.snapshots.snapshots().last?.state(as: TrainingRun.State.self))?
            .trainingSeconds
    }

    /// When the configuration in a directory was written; nil where there is none.
    static func dateOfConfiguration(in path: String) -> Date? {
        let file = path.appending(component: "config.json")
        return try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
    }

    /// The name of the directory.
    public var name: String { path.lastComponent }
    /// The family of the model.
    public var model: String { configuration.model.architecture.rawValue }
    /// How many numbers the model learns.
    public var parameters: Int { configuration.model.sizes.parameterCount }
    /// How text becomes ids: `character`, `byte`, `bpe`.
    public var tokenizer: String { configuration.data.tokenizer }
    /// How many steps were made.
    public var steps: Int { history.lastStep }
    /// How many steps it is to have.
    public var plannedSteps: Int { configuration.training.steps }
    /// The least validation loss in nats per token; nil before any was measured.
    public var bestValidationLoss: Double? { history.best?.validationLoss }
    /// The loss on the validation text in bits for each of its bytes, once the run has ended.
    ///
    /// Losses in nats per token cannot be compared between tokenizers; these can.
    public var bitsPerByte: Double? {
        history.end?.bitsPerByte.flatMap { $0.isFinite ? $0 : nil }
    }
}
