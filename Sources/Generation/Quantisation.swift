public import AttendCheckpoints
internal import AttendLayers
internal import AttendModels
public import AttendTensors

/// A model with weights in fewer bits, which may have been written, and what that cost.
public struct Quantisation: Hashable, Sendable, Encodable {
    /// The file; nil where none was asked for.
    public let path: String?
    /// How many bytes the file has, or the weights where there is none.
    public let bytes: Int
    /// How many bytes the weights took before.
    public let float32Bytes: Int
    /// The perplexity before; nil where no text was given.
    public let perplexityBefore: Double?
    /// The perplexity with the rounded weights; nil where no text was given.
    public let perplexityAfter: Double?
    /// Sentences for the user.
    public let notices: [String]

    /// What weights can be quantised to.
    public static let formats: [WeightFormat] = [.int8, .int4]

    /// Measures a model before and after on a text, and writes it as a GGUF file, as far as these are given.
    ///
    /// - Parameters:
    ///   - format: one of ``formats``.
    ///   - path: the file to write, which must not be there yet; nil for none.
    ///   - source: what errors call the text.
    ///   - progress: called with a sentence for the user.
    ///   - shouldStop: asked after each batch.
    /// - Throws: `CheckpointError` where the model has no place in such a file, `TokenizerError` for a text that it cannot
    ///   read, and `CancellationError`.
    public init(
        of loaded: LoadedModel, to format: WeightFormat, at path: String?, text: String?,
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
        let report = try path.map {
            try loaded.export(
                to: .gguf, at: $0,
                options: ExportOptions(precision: format == .int4 ? .fourBits : .eightBits))
        }
        perplexityBefore = try perplexity(of: loaded, "before")
        // In memory rather than from the file, which does not tell in what windows the model learnt.
        let rounded = loaded.storing(InferencePrecision(format))
        perplexityAfter = try perplexity(of: rounded, "after")
        self.path = report?.path
        bytes = report?.bytes ?? rounded.model.module.parameterBytes
        float32Bytes = loaded.configuration.sizes.parameterCount * 4
        let end =
            path == nil ? "." : " where the model is measured; in the file they are float16."
        let shortfall = loaded.shortfall(of: format).map { [$0 + end] }
        notices = (report?.notices ?? []) + (shortfall ?? [])
    }
}
