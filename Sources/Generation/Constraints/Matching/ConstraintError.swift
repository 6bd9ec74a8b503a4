/// Why a grammar cannot hold a generation.
public enum ConstraintError: Error, Hashable, Sendable {
    /// The bytes so far can be read in more ways than are followed at once.
    case tooManyReadings(limit: Int)
    /// Rules stand deeper in one another than is followed.
    case tooDeep(limit: Int)
    /// To find the tokens that may come next takes more steps than are taken.
    case tooMuchWork(limit: Int)
    /// The text is not at its end, and no token of the vocabulary goes on with it.
    case noTokenFits(tokenCount: Int, expected: [UInt8])
    /// No text of the grammar can be spelled with the vocabulary.
    case unspellable
    /// What a token spells depends on the tokens after it.
    case unsupportedDecoder(String)
    /// A token was chosen that the grammar does not allow.
    case notAllowed(token: Int32)
}

extension ConstraintError: CustomStringConvertible {
    /// What was found and what would do, in one sentence.
    public var description: String {
        switch self {
        case .tooManyReadings(let limit):
            "The grammar can read the text so far in more than \(limit) ways, which is as many as are followed; write its "
                + "alternatives so that they begin differently."
        case .tooDeep(let limit):
            "The grammar's rules stand more than \(limit) deep in one another, which is as deep as is followed; write the "
                + "repetition with * or + rather than by recursion, or bound it."
        case .tooMuchWork(let limit):
            "The grammar takes more than \(limit) steps to find the next token; write its alternatives so that they begin "
                + "differently."
        case .noTokenFits(let count, let expected):
            "After \(count) tokens the grammar needs \(Self.list(expected)), and no token of the vocabulary goes on so; use a "
                + "tokenizer that can spell it, or another grammar."
        case .unspellable:
            "The tokenizer's vocabulary has no tokens for any text of the grammar; use a tokenizer that can spell one, or "
                + "another grammar."
        case .unsupportedDecoder(let name):
            "The tokenizer's decoder \(name) makes what a token spells depend on the tokens around it, so no grammar can hold it; "
                + "use a model with a byte-level, byte-fallback, metaspace or WordPiece decoder."
        case .notAllowed(let token):
            "The token \(token) goes on with no text of the grammar; choose among those that its mask leaves."
        }
    }

    private static func list(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(8).map { byte in
            (0x21...0x7E).contains(byte)
                ? String(Unicode.Scalar(byte)) : "the byte " + String(byte, radix: 16)
        }
        return shown.joined(separator: " or ") + (bytes.count > 8 ? " or one of others" : "")
    }
}

extension GenerationError {
    /// Does what may meet the bounds of a grammar, as a part of generating.
    static func wrapping<Result>(
        _ work: () throws(ConstraintError) -> Result
    ) throws(GenerationError) -> Result {
        do throws(ConstraintError) {
            return try work()
        } catch {
            throw .constraint(error)
        }
    }
}
