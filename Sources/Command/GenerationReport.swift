import Attend

/// What `attend generate --json` tells of a text.
struct GenerationReport: Encodable {
    let text: String
    let tokens: Int
    let promptTokens: Int
    let finishReason: FinishReason?
    let tokensPerSecond: Double
    /// Absent where nothing is random.
    let seed: UInt64?
    /// Of each text among which one was chosen; absent without a choice.
    let meanLogProbabilities: [Double]?
    /// Absent without a draft.
    let proposedTokens: Int?
    /// How many of the proposed tokens are in the text; absent without a draft.
    let keptTokens: Int?

    init(_ choice: BestOf.Choice) {
        self.init(
            choice.text, seed: choice.seed, meanLogProbabilities: choice.meanLogProbabilities)
    }

    init(_ result: GeneratedText, seed: UInt64?, meanLogProbabilities: [Double]? = nil) {
        text = result.text
        tokens = result.tokenCount
        promptTokens = result.promptTokenCount
        finishReason = result.finishReason
        tokensPerSecond = result.tokensPerSecond
        self.seed = seed
        self.meanLogProbabilities = meanLogProbabilities
        proposedTokens = result.proposals?.proposed
        keptTokens = result.proposals?.kept
    }
}
