import Attend

/// One value of `--logit-bias`: a token and what is added to its logit.
struct LogitBiasFlag: Sendable {
    /// How a token is named.
    private enum Token {
        case id(Int32)
        case text(String)
    }

    private let token: Token
    private let bias: Double

    /// Reads `17=-100` or `" the"=2`.
    static let read: @Sendable (String) throws -> LogitBiasFlag = { text in
        let range = SamplingStep.biases
        let error = InvalidValue(
            description: "expected a token's id or its text in double quotes, =, and a number from "
                + "\(range.lowerBound.short) to \(range.upperBound.short), such as 17=-100")
        guard let sign = text.lastIndex(of: "="),
            let bias = Double(text[text.index(after: sign)...]),
            range.contains(bias)
        else { throw error }
        let name = text[..<sign]
        if name.count > 2, name.hasPrefix("\""), name.hasSuffix("\"") {
            return LogitBiasFlag(token: .text(String(name.dropFirst().dropLast())), bias: bias)
        }
        guard let id = Int32(name), id >= 0 else { throw error }
        return LogitBiasFlag(token: .id(id), bias: bias)
    }

    /// The biases by the ids of a model's tokens.
    static func biases(_ flags: [LogitBiasFlag], for loaded: LoadedModel) throws -> [Int32: Double]
    {
        if flags.count > SamplingStep.mostBiases {
            throw UsageError(
                description: "--logit-bias is given \(flags.count.grouped) times; expected at most "
                    + "\(SamplingStep.mostBiases.grouped).")
        }
        let size = loaded.configuration.vocabularySizes.last ?? 0
        var biases: [Int32: Double] = [:]
        for flag in flags {
            let id = try flag.id(for: loaded)
            if Int(id) >= size {
                throw UsageError(
                    description:
                        "--logit-bias names the token \(id); expected one of the model's tokens, 0 to \(size - 1)."
                )
            }
            if biases.updateValue(flag.bias, forKey: id) != nil {
                throw UsageError(
                    description:
                        "--logit-bias names the token \(id) twice; expected one number for it.")
            }
        }
        return biases
    }

    private func id(for loaded: LoadedModel) throws -> Int32 {
        switch token {
        case .id(let id): return id
        case .text(let text):
            let ids: [Int32]
            do {
                ids = try loaded.tokenizer.encode(text)
            } catch TokenizerError.unknownCharacter(let scalar, _, _) {
                throw UsageError(
                    description:
                        "--logit-bias names \(text.quoted), and the model's tokenizer does not know \(String(scalar).quoted); "
                        + "expected the text of one token, or an id.")
            }
            guard ids.count == 1 else {
                throw UsageError(
                    description:
                        "--logit-bias names \(text.quoted), which is \(ids.count.grouped) tokens; expected the "
                        + "text of one, or an id.")
            }
            return ids[0]
        }
    }
}
