import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite("Contrastive search")
struct ContrastiveSearchTests {
    private let model = opinionatedGPT(vocabularySize: 11, contextLength: 16)

    /// The vectors of a text, each of length 1, without any cache.
    private func vectors(_ tokens: [Int32]) -> [[Double]] {
        var (caches, context) = ([KeyValueCache](), Context())
        let hidden = model.hidden(tokens, batch: 1, caches: &caches, context: &context)
        let width = hidden.shape.width
        return tokens.indices.map { place in
            let row = hidden.elements[place * width..<(place + 1) * width].map(Double.init)
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return row.map { $0 / length }
        }
    }

    /// The next token as the paper defines it.
    private func next(after tokens: [Int32], k: Int, alpha: Double) -> Int32 {
        let last = model.logits(tokens).elements.suffix(11).map(Double.init)
        let total = last.reduce(0) { $0 + exp($1) }
        let likeliest = last.indices.sorted { (-last[$0], $0) < (-last[$1], $1) }.prefix(k)
        let scored = likeliest.map { token in
            let rows = vectors(tokens + [Int32(token)])
            let cosines = rows.dropLast().map {
                zip($0, rows[tokens.count]).reduce(0) { $0 + $1.0 * $1.1 }
            }
            return (1 - alpha) * exp(last[token]) / total - alpha * (cosines.max() ?? 0)
        }
        return Int32(likeliest[scored.indices.max { scored[$0] < scored[$1] } ?? 0])
    }

    @Test(
        "the tokens are those of the definition, computed anew for each, also when the window slides",
        arguments: [(1, 0.6), (4, 0.6), (4, 0.2), (11, 1.0), (64, 0.5)])
    func definition(k: Int, alpha: Double) throws {
        var window: [Int32] = [3, 4, 5, 4]
        var search = try ContrastiveSearch(
            model, prompt: window, settings: .init(candidateCount: k, penalty: alpha))
        for step in 0..<40 {
            if window.count == 16 { window = window.suffix(8) }
            let expected = next(after: window, k: min(k, 11), alpha: alpha)
            #expect(try search.next() == expected, "step \(step)")
            window.append(expected)
        }
    }

    @Test("forbidden tokens are not compared, unless there are no others")
    func forbidden() throws {
        func text(_ forbidden: Set<Int32>) throws -> [Int32] {
            var search = try ContrastiveSearch(
                model, prompt: [3], settings: .init(candidateCount: 3), forbidden: forbidden)
            return try (0..<12).map { _ in try search.next() }
        }
        let free = try text([])
        let forbidden = Set(free.prefix(2))
        #expect(try text(forbidden).allSatisfy { !forbidden.contains($0) })
        #expect(try text(Set(0..<11)) == free)
    }

    @Test("without the penalty it is greedy, and with it another text")
    func penalty() throws {
        func text(_ alpha: Double) throws -> [Int32] {
            var search = try ContrastiveSearch(model, prompt: [3], settings: .init(penalty: alpha))
            return try (0..<12).map { _ in try search.next() }
        }
        var greedy = TokenStream(
            model, prompt: [3], sampler: try Sampler(.greedy, seed: 0), expectedCount: 12)
        let expected = try (0..<12).map { _ in try greedy.next() }
        #expect(try text(0) == expected)
        #expect(try text(0.9) != expected)
    }

    @Test("a prompt longer than the context is read from its end")
    func longPrompt() throws {
        let prompt = (0..<40).map { Int32($0 * 7 % 11) }
        var long = try ContrastiveSearch(model, prompt: prompt)
        var short = try ContrastiveSearch(model, prompt: prompt.suffix(15))
        for _ in 0..<5 { #expect(try long.next() == short.next()) }
    }

    @Test("settings out of range, and weights that are no numbers, are refused")
    func refusals() throws {
        for (k, alpha) in [(0, 0.5), (65, 0.5), (4, -0.1), (4, 1.1), (4, .nan)] {
            #expect(throws: GenerationError.self) {
                try ContrastiveSearch(
                    model, prompt: [1], settings: .init(candidateCount: k, penalty: alpha))
            }
        }
        let narrow = opinionatedGPT(vocabularySize: 5, contextLength: 1)
        #expect(throws: GenerationError.self) { try ContrastiveSearch(narrow, prompt: [1]) }
        var broken = model
        broken.stack.finalNorm?.weight?.tensor = Tensor(repeating: .nan, shape: [16])
        var search = try ContrastiveSearch(broken, prompt: [1])
        #expect(throws: GenerationError.logitsAreNotFinite) { try search.next() }
    }
}
