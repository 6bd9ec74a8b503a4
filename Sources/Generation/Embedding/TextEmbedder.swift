public import AttendCheckpoints
internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText
internal import Foundation

/// How the vectors of a text's tokens become what is asked for.
public enum EmbeddingPooling: String, Sendable, CaseIterable {
    /// Their mean.
    case mean
    /// That of the first token.
    case first = "cls"
    /// All of them, as they are.
    case none
}

/// The vectors that an encoder makes of a text.
public struct TextEmbedding: Hashable, Sendable {
    /// One vector, or one for each token.
    public let vectors: [[Float]]
    /// Whether there is one for each token.
    public let isForTokens: Bool
    /// A sentence for the user where the text was cut.
    public let notice: String?

    /// `[width]`, or `[tokens, width]`.
    public var shape: [Int] {
        (isForTokens ? [vectors.count] : []) + [vectors.first?.count ?? 0]
    }
}

/// Makes vectors of texts with an encoder.
public struct TextEmbedder: Sendable {
    private let encoder: BERT
    private let tokenizer: SavedTokenizer
    private let pooling: EmbeddingPooling
    private let normalises: Bool
    /// The most tokens of a text, those of the template included.
    private let longest: Int
    private let prompt: String

    /// An embedder.
    ///
    /// - Parameters:
    ///   - loaded: an encoder, or a classifier, whose encoder is taken.
    ///   - pooling: how one vector is made; by default as the model's makers say, or else the mean.
    ///   - normalises: whether vectors are brought to the length 1; by default as the model's makers say, or else not.
    /// - Throws: `FamilyError` for another model, `CheckpointError` where it has no tokenizer.
    public init(
        _ loaded: LoadedModel, pooling: EmbeddingPooling? = nil, normalises: Bool? = nil
    ) throws {
        switch loaded.model {
        case .encoder(let model): encoder = model
        case .classifier(let model): encoder = model.encoder
        default:
            throw loaded.familyError(
                "which makes no vectors of texts; use an encoder, such as a bert directory or a run of --model encoder"
            )
        }
        tokenizer = try loaded.tokenizer
        let own = loaded.embedding
        self.pooling = pooling ?? own.map { $0.pooling == .first ? .first : .mean } ?? .mean
        // What is asked for the tokens themselves, the makers' word for sentences does not concern.
        self.normalises = normalises ?? (self.pooling == .none ? false : own?.normalises ?? false)
        let context = encoder.configuration.contextLength
        longest = min(own?.longest ?? context, context)
        prompt = own?.prompt ?? ""
    }

    /// The vectors of a text.
    ///
    /// - Throws: `TokenizerError` for a character that the tokenizer does not know, ``GenerationError`` for vectors that are
    ///   no numbers, and where no token is left to make a vector of.
    public func embedding(of text: String) throws -> TextEmbedding {
        let all = try tokens(of: prompt + text)
        let (ids, isCut) = cut(all)
        if ids.isEmpty { throw GenerationError.noTokens }
        let size = encoder.configuration.vocabularySize
        if let wrong = ids.first(where: { $0 < 0 || Int($0) >= size }) {
            throw GenerationError.source(
                index: 0, problem: .unknownToken(id: wrong, vocabularySize: size))
        }
        var context = Context()
        let hidden = encoder.hidden(ids, batch: 1, context: &context)
        let width = encoder.configuration.width
        let pooled: [Float] =
            switch pooling {
            case .none: hidden.elements
            case .mean: hidden.pooled(.mean, mask: nil).elements
            case .first: hidden.pooled(.first, mask: nil).elements
            }
        if !pooled.allSatisfy(\.isFinite) { throw GenerationError.vectorsAreNotFinite }
        let vectors = stride(from: 0, to: pooled.count, by: width).map { start in
            let vector = Array(pooled[start..<start + width])
            return normalises ? normalised(vector) : vector
        }
        let notice =
            isCut
            ? "The text has \(all.ids.count) tokens, of which the first \(ids.count) are read."
            : nil
        return TextEmbedding(vectors: vectors, isForTokens: pooling == .none, notice: notice)
    }

    /// With what the template adds; the tokenizers of our own training have none, and their texts stand between the start
    /// and the end token.
    private func tokens(of text: String) throws -> Encoding {
        let encoding = try tokenizer.encoding(of: text, pair: nil, options: EncodingOptions())
        guard !encoding.specialMask.contains(true), let special = try? SpecialTokens(of: tokenizer)
        else { return encoding }
        var result = Encoding()
        result.append(id: special.start, isSpecial: true)
        result.append(encoding)
        result.append(id: special.end, isSpecial: true)
        return result
    }

    /// The longest beginning of the text that fits, between what the template added.
    private func cut(_ encoding: Encoding) -> (ids: [Int32], isCut: Bool) {
        let excess = encoding.count - longest
        if excess <= 0 { return (encoding.ids, false) }
        let text = encoding.ids.indices.filter { !encoding.specialMask[$0] }
        let dropped = Set(text.suffix(excess))
        let kept = encoding.ids.indices.filter { !dropped.contains($0) }.map { encoding.ids[$0] }
        // A template alone may be too long for a very small model.
        return (Array(kept.prefix(longest)), true)
    }

    private func normalised(_ vector: [Float]) -> [Float] {
        let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        let length = Float(max(square.squareRoot(), 1e-12))
        return vector.map { $0 / length }
    }
}
