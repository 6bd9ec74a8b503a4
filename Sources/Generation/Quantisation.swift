public import AttendCheckpoints
internal import AttendModels
public import AttendTensors

/// A model that was written with weights in fewer bits, and what that cost.
public struct Quantisation: Hashable, Sendable, Encodable {
    /// The file.
    public let path: String
    /// How large it is.
    public let bytes: Int
    /// How many bytes the weights took before.
    public let float32Bytes: Int
    /// The perplexity before; nil where no text was given.
    public let perplexityBefore: Double?
    /// The perplexity of what was written; nil where no text was given.
    public let perplexityAfter: Double?
    /// Sentences for the user.
    public let notices: [String]

    /// What weights can be quantised to.
    public static let formats: [WeightFormat] = [.int8, .int4]

    /// Writes a model as a GGUF file and measures it before and after on a text, where one is given.
    ///
    /// - Parameters:
    ///   - format: one of ``formats``.
    ///   - source: what errors call the text.
    ///   - progress: called with a sentence for the user.
    ///   - shouldStop: asked after each batch.
    /// - Throws: `CheckpointError` where the model has no place in such a file, `TokenizerError` for a text that it cannot
    ///   read, and `CancellationError`.
    public init(
        of loaded: LoadedModel, to format: WeightFormat, at path: String, text: String?,
        source: String, progress: (String) -> Void = { _ in },
        shouldStop: () -> Bool = { false }
    ) throws {
        func perplexity(of model: LoadedModel, _ name: String) throws -> Double? {
            guard let text else { return nil }
            let result = try model.evaluation(of: text, source: source) { done, count in
                progress("Measuring \(name): \(done) of \(count) batches")
                return !shouldStop()
            }
            guard let result else { throw CancellationError() }
            return result.evaluation.perplexity
        }
        progress("Rounding the weights …")
        // Written first, so that what cannot be written is known before minutes of measuring.
        let report = try loaded.export(
            to: .gguf, at: path,
            options: ExportOptions(precision: format == .int4 ? .fourBits : .eightBits))
        perplexityBefore = try perplexity(of: loaded, "before")
        let written = try LoadedModel.load(path).storing(nil)
        perplexityAfter = try perplexity(of: written, "after")
        self.path = report.path
        bytes = report.bytes
        float32Bytes = loaded.configuration.sizes.parameterCount * 4
        notices = report.notices
    }
}
