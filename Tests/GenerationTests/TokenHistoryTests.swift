import AttendGeneration
import AttendTensors
import Testing

@Suite("Histories of tokens")
struct TokenHistoryTests {
    /// The tokens that would complete a sequence a second time, found by looking at all of them.
    private func repetitions(_ tokens: [Int32], size: Int) -> Set<Int32> {
        guard tokens.count >= size else { return [] }
        let last = tokens.suffix(size - 1)
        return Set(
            (0...tokens.count - size).filter { tokens[$0..<$0 + size - 1].elementsEqual(last) }
                .map { tokens[$0 + size - 1] })
    }

    @Test("n-grams are those that looking at the whole text finds", arguments: [1, 2, 3, 5])
    func repetitions(size: Int) {
        var random = RandomSource(seed: 5)
        var tokens = (0..<9).map { _ in Int32(random.next() % 3) }
        var history = TokenHistory(prompt: tokens, for: [.noRepeatNGram(size), .noRepeatNGram(2)])
        for _ in 0..<60 {
            #expect(history.repetitions(ofSize: size) == repetitions(tokens, size: size))
            let token = Int32(random.next() % 3)
            tokens.append(token)
            history.append(token)
        }
        #expect(history.tokens == tokens)
    }

    @Test("a history that was not made for a sampling answers the same")
    func otherSampling() {
        let tokens: [Int32] = [1, 2, 3, 1, 2]
        let prepared = TokenHistory(prompt: tokens, for: [.noRepeatNGram(3)])
        #expect(TokenHistory(prompt: tokens).repetitions(ofSize: 3) == [3])
        #expect(prepared.repetitions(ofSize: 3) == [3])
    }

    @Test("what was generated is counted, and what occurred at all is known")
    func counts() {
        var history = TokenHistory(prompt: [4, 4, 5])
        for token in [5, 6, 6] as [Int32] { history.append(token) }
        #expect(history.counts == [5: 1, 6: 2])
        #expect(history.occurring == [4, 5, 6])
    }

    @Test("tokens that are taken back leave no trace", arguments: [1, 2, 3, 5])
    func takenBack(size: Int) {
        var random = RandomSource(seed: 8)
        let sampling: Sampling = [.noRepeatNGram(size), .noRepeatNGram(2)]
        let prompt = (0..<4).map { _ in Int32(random.next() % 3) }
        var (history, kept) = (TokenHistory(prompt: prompt, for: sampling), [Int32]())
        for _ in 0..<40 {
            for _ in 0..<Int(random.next() % 5) {
                kept.append(Int32(random.next() % 3))
                history.append(kept.last ?? 0)
            }
            for _ in 0..<min(Int(random.next() % 5), kept.count) {
                kept.removeLast()
                history.removeLast()
            }
            var fresh = TokenHistory(prompt: prompt, for: sampling)
            for token in kept { fresh.append(token) }
            #expect(history.tokens == fresh.tokens)
            #expect(history.occurring == fresh.occurring)
            #expect(history.counts == fresh.counts)
            #expect(history.repetitions(ofSize: size) == fresh.repetitions(ofSize: size))
            #expect(history.repetitions(ofSize: 2) == fresh.repetitions(ofSize: 2))
        }
    }
}
