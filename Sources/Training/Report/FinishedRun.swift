internal import AttendCheckpoints
internal import AttendModels
internal import AttendTensors
internal import Foundation

/// What a run that has ended came to, beside which another run on the same text can be put.
///
/// Losses in nats per token cannot be compared between tokenizers; bits per byte of the same validation text can.
public struct FinishedRun: Hashable, Sendable {
    /// The run directory.
    public var path: String
    /// How text became ids: `character`, `byte`, `bpe`.
    public var tokenizer: String
    /// The family of the model.
    public var model: String
    /// How many numbers the model learned.
    public var parameters: Int
    /// How many steps were made.
    public var steps: Int
    /// The loss on the validation text in bits for each of its bytes.
    public var bitsPerByte: Double

    /// The most directories beside a run that are looked at.
    public static let directoryLimit = 1_000

    private init?(_ directory: RunDirectory, _ configuration: RunConfiguration) {
        let log = URL(fileURLWithPath: directory.metricsPath)
        guard case .done(let done) = MetricsLog.lastEvent(in: log),
            let bitsPerByte = done.bitsPerByte, bitsPerByte.isFinite
        else { return nil }
        path = directory.path
        tokenizer = configuration.data.tokenizer
        model = configuration.model.architecture.rawValue
        parameters = configuration.model.sizes.parameterCount
        steps = done.steps
        self.bitsPerByte = bitsPerByte
    }

    /// A run and those in the directories beside it that learned from the very same data, the best first.
    ///
    /// Whatever lies there and is no finished run is passed over.
    ///
    /// - Returns: nothing where no other run can be put beside it.
    public static func comparison(of path: String) -> [FinishedRun] {
        guard let directory = try? RunDirectory.open(at: path),
            let configuration = try? directory.validatedConfiguration(),
            let own = FinishedRun(directory, configuration)
        else { return [] }
        let parent = path.parentPath
        let names = (try? DirectoryListing.names(in: parent)) ?? []
        let others = names.filter { $0 != path.lastComponent }.prefix(directoryLimit)
            .compactMap { name -> FinishedRun? in
                let path = parent == "." ? name : parent.appending(component: name)
                guard let directory = try? RunDirectory.open(at: path),
                    let other = try? directory.validatedConfiguration(),
                    other.data.sha256 == configuration.data.sha256
                else { return nil }
                return FinishedRun(directory, other)
            }
        if others.isEmpty { return [] }
        return ([own] + others).sorted { $0.bitsPerByte < $1.bitsPerByte }
    }
}
