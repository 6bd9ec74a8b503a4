internal import AttendModels
internal import AttendTensors

/// A smaller model that proposes what it would write itself.
///
/// It keeps keys and values of its own. Its context may be another one than the model's, and slides by itself.
struct ModelDraft: TokenDraft {
    private var window: TokenWindow

    init(_ model: any CausalLanguageModel, prompt: [Int32], expectedCount: Int) {
        window = TokenWindow(
            model, text: prompt, overflow: .slide, expectedCount: expectedCount)
    }

    mutating func propose(
        _ count: Int, after history: inout TokenHistory, sampler: inout Sampler
    ) throws(GenerationError) -> [ProposedToken] {
        // The last proposal is not read, so it needs no room; and what a window forgets cannot be put back.
        window.makeRoom(for: min(count - 1, window.model.configuration.contextLength / 2))
        let count = min(count, window.room + 1)
        var proposed: [ProposedToken] = []
        defer { for _ in proposed { history.removeLast() } }
        for _ in 0..<count {
            let logits = window.logits().elements
            let proposal = try propose(logits, history, &sampler)
            history.append(proposal.token)
            window.append(proposal.token)
            proposed.append(proposal)
        }
        return proposed
    }

    private func propose(
        _ logits: [Float], _ history: TokenHistory, _ sampler: inout Sampler
    ) throws(GenerationError) -> ProposedToken {
        do {
            if sampler.sampling.isDeterministic {
                return ProposedToken(
                    token: try sampler.token(from: logits, after: history), probabilities: nil)
            }
            let probabilities = try sampler.probabilities(of: logits, after: history)
            return ProposedToken(
                token: sampler.token(byWeights: probabilities), probabilities: probabilities)
        } catch .logitsAreNotFinite {
            throw .draft(.logitsAreNotFinite)
        }
    }

    mutating func replaceLast(_ count: Int, by tokens: [Int32]) {
        window.replaceLast(count, by: tokens)
    }
}
