/// Sequences of token ids in which a model is to guess what is hidden.
public struct MaskedDataset: Hashable, Sendable {
    /// The sequences to train on, each from its start token to its end token.
    public let training: [[Int32]]

    /// The sequences to validate on.
    public let validation: [[Int32]]

    /// The ids of the special tokens.
    public let specialTokens: SpecialTokens

    /// How many different ids there are.
    public let vocabularySize: Int

    /// The ids that text may have, in ascending order; special tokens' are neither hidden nor put in a
    /// token's place.
    public let textTokens: [Int32]

    /// For every id whether it is among ``textTokens``.
    let isTextToken: [Bool]

    /// Encodes each document of a corpus by itself, or where it has none each line that is not empty.
    ///
    /// A start token comes before and an end token after it. What is longer than the context is cut in pieces.
    ///
    /// - Parameters:
    ///   - corpus: the texts.
    ///   - tokenizer: a vocabulary with the special tokens.
    ///   - contextLength: the most tokens of a sequence, start and end included; at least 3.
    /// - Throws: ``DataError`` where a character has no id, and where a part has no text.
    public init(_ corpus: Corpus, tokenizer: some Tokenizer, contextLength: Int) throws(DataError) {
        let source = "The data \"\(corpus.name)\""
        let special: SpecialTokens
        do {
            special = try SpecialTokens(of: tokenizer)
        } catch {
            throw .encoding(source: source, error)
        }
        guard (3...TokenBatch.tokenLimit).contains(contextLength) else {
            throw .outOfRange(
                name: "context length", value: "\(contextLength)",
                accepted: "a number from 3 to \(TokenBatch.tokenLimit)")
        }
        let separator = Array((corpus.documentSeparator ?? "\n").utf8)
        func sequences(_ text: String, _ part: String, after lines: Int) throws(DataError)
            -> [[Int32]]
        {
            var result: [[Int32]] = []
            var line = 1 + lines
            for piece in pieces(of: Array(text.utf8), separator: separator) {
                let ids = try encode(
                    String(decoding: piece, as: UTF8.self), tokenizer, source, line: line)
                line += piece.count { $0 == UInt8(ascii: "\n") }
                line += separator.count { $0 == UInt8(ascii: "\n") }
                let width = contextLength - 2
                for start in stride(from: 0, to: ids.count, by: width) {
                    result.append(
                        [special.start] + ids[start..<min(start + width, ids.count)] + [special.end]
                    )
                }
            }
            guard !result.isEmpty else {
                throw .noExamples(source: "The \(part) part of the data \"\(corpus.name)\"")
            }
            return result
        }
        let lines = corpus.training.utf8.count { $0 == UInt8(ascii: "\n") }
        training = try sequences(corpus.training, "training", after: 0)
        validation = try sequences(corpus.validation, "validation", after: lines)
        specialTokens = special
        vocabularySize = tokenizer.vocabularySize
        let reserved = Set(tokenizer.specialTokens.map(\.id))
        let isTextToken = (0..<Int32(vocabularySize)).map {
            !reserved.contains($0) && tokenizer.token(of: $0) != nil
        }
        self.isTextToken = isTextToken
        textTokens = isTextToken.indices.filter { isTextToken[$0] }.map(Int32.init)
    }
}

/// The stretches between separators, empty ones too.
private func pieces(of text: [UInt8], separator: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var (start, end) = (0, 0)
    while end < text.count {
        if text[end] == separator[0], text[end...].starts(with: separator) {
            pieces.append(text[start..<end])
            end += separator.count
            start = end
        } else {
            end += 1
        }
    }
    pieces.append(text[start...])
    return pieces
}

/// The ids of a text that starts on a line of a larger one, which an error names.
private func encode(_ text: String, _ tokenizer: some Tokenizer, _ source: String, line: Int)
    throws(DataError) -> [Int32]
{
    do {
        return try tokenizer.encode(text)
    } catch .unknownCharacter(let scalar, let inner, let size) {
        throw .encoding(
            source: source,
            .unknownCharacter(scalar, line: line + inner - 1, vocabularySize: size))
    } catch {
        throw .encoding(source: source, error)
    }
}
