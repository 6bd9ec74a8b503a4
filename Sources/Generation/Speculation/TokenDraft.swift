internal import AttendLayers
internal import AttendModels
internal import AttendTensors

/// Proposes tokens for a text that grows.
protocol TokenDraft: Sendable {
    /// Proposals for the next tokens: at most `count`, perhaps none.
    ///
    /// - Parameters:
    ///   - chooser: of the model's tokens, which stands where it stood afterwards.
    mutating func propose(
        _ count: Int, by chooser: inout TokenChooser
    ) throws(GenerationError) -> [ProposedToken]

    /// Notes that the text goes on with these tokens rather than with the proposals, of which there were `count`.
    mutating func replaceLast(_ count: Int, by tokens: [Int32])
}

/// A token that a draft proposes.
struct ProposedToken: Sendable {
    /// Its id.
    let token: Int32
    /// The probability with which the draft proposes each token here, by id: `[vocabulary]`; nil where it proposes this one
    /// in any case.
    let probabilities: [Double]?
}

extension Draft {
    /// The draft for one text.
    func begin(
        after prompt: [Int32], model: any CausalLanguageModel, expectedCount: Int
    ) -> any TokenDraft {
        switch self {
        case .lookUp: return LookUpDraft()
        case .model(let draft):
            if draft.configuration.vocabularySize != model.configuration.vocabularySize {
                shapeError("a draft needs the vocabulary of the model")
            }
            return ModelDraft(draft, prompt: prompt, expectedCount: expectedCount)
        }
    }
}
