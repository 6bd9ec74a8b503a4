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
        _ count: Int, by chooser: inout TokenChooser
    ) throws(GenerationError) -> [ProposedToken] {
        // The last proposal is not read, so it needs no room; and what a window forgets cannot be put back.
        window.makeRoom(for: min(count - 1, window.model.configuration.contextLength / 2))
        let count = min(count, window.room + 1)
        var proposed: [ProposedToken] = []
        let place = chooser.place
        defer { chooser.goBack(proposed.count, to: place) }
        do {
            while proposed.count < count {
                let proposal = try chooser.propose(from: window.logits().elements)
                window.append(proposal.token)
                proposed.append(proposal)
                if try chooser.isComplete() { break }
            }
        } catch .logitsAreNotFinite {
            throw .draft(.logitsAreNotFinite)
        } catch .constraint {
            // The text need not come to that place; where it does, the model's own choice fails.
        }
        return proposed
    }

    mutating func replaceLast(_ count: Int, by tokens: [Int32]) {
        window.replaceLast(count, by: tokens)
    }
}
