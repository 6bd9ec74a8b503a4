import AttendGeneration
import AttendModels
import AttendText
import Testing

/// The same test rejects rules that are nearly right, so that passing it means something.
@Suite("Proposing tokens makes texts exactly as likely")
struct SpeculativeDistributionTests {
    private static let vocabulary = 6
    private static let prompt: [Int32] = [1, 2, 1]
    private static let textCount = 3000
    private static let samplings: [Sampling] = [
        [], [.temperature(0.6), .topK(4)],
        [.repetitionPenalty(1.4), .frequencyPenalty(0.7), .temperature(0.8), .topP(0.95)],
        [.noRepeatNGram(2), .presencePenalty(0.5), .minP(0.05)],
    ]

    private let model = TinyModel.gpt(vocabularySize: vocabulary).make(1)
    private let draft = TinyModel.gpt(vocabularySize: vocabulary).make(2)

    /// How often each text of three tokens was written.
    private func counts(
        _ model: any CausalLanguageModel, _ sampling: Sampling, _ speculation: Speculation?,
        constraint: TokenConstraint? = nil, expecting count: Int,
        seeds: Range<UInt64> = 0..<UInt64(textCount)
    ) throws -> (counts: [[Int32]: Int], rejected: Int) {
        var counts: [[Int32]: Int] = [:]
        var rejected = 0
        for seed in seeds {
            var stream = TokenStream(
                model, prompt: Self.prompt, sampler: try Sampler(sampling, seed: seed),
                expectedCount: count, constraint: constraint, speculation: speculation)
            counts[try stream.tokens(3), default: 0] += 1
            rejected += stream.proposals.proposed - stream.proposals.kept
        }
        return (counts, rejected)
    }

    @Test("with a draft that is often wrong", arguments: samplings, [3, 8])
    func exact(sampling: Sampling, expectedCount: Int) throws {
        let exact = try exactTexts(model, sampling, prompt: Self.prompt, count: 3)
        let found = try counts(
            model, sampling, Speculation(.model(draft), tokenCount: 2), expecting: expectedCount)
        #expect(found.rejected > Self.textCount / 20, "many proposals are not kept")
        #expect(chanceOf(found.counts, expecting: exact) > 1e-3)
    }

    // A proposal of the text itself is kept where the token drawn is the same, so these are the texts of the seeds without any.
    @Test("with what stood in the text before", arguments: samplings)
    func lookUp(sampling: Sampling) throws {
        let exact = try exactTexts(model, sampling, prompt: Self.prompt, count: 3)
        let found = try counts(
            model, sampling, Speculation(.lookUp, tokenCount: 2), expecting: 8,
            seeds: 3000..<6000)
        #expect(found.rejected > Self.textCount / 20, "many proposals are not kept")
        #expect(chanceOf(found.counts, expecting: exact) > 1e-3)
    }

    @Test("within a grammar", arguments: samplings, [Proposer.model, .lookUp])
    func grammar(sampling: Sampling, proposer: Proposer) throws {
        let tokenizer = SavedTokenizer.character(try CharacterTokenizer(text: "abcdef"))
        let grammar = try TextGrammar(
            Array("root ::= ([ab] [b-f] | [c-e] [ae]) [a-f] | \"f\" [abc]+".utf8))
        let constraint = try TokenConstraint(grammar, spellings: TokenSpellings(tokenizer))
        let exact = try exactTexts(
            model, sampling, prompt: Self.prompt, count: 3, constraint: constraint)
        #expect(exact.count < 110, "the grammar rules most of the 216 texts out")
        let speculation = try Speculation(
            proposer == .model ? .model(draft) : .lookUp, tokenCount: 2)
        let found = try counts(
            model, sampling, speculation, constraint: constraint, expecting: 8)
        #expect(found.rejected > Self.textCount / 20, "many proposals are not kept")
        #expect(chanceOf(found.counts, expecting: exact) > 1e-3)
        if sampling.steps.isEmpty {
            let free = try exactTexts(model, sampling, prompt: Self.prompt, count: 3)
            #expect(chanceOf(found.counts, expecting: free) < 1e-9)
        }
    }

    /// Who proposes within a grammar.
    enum Proposer: Sendable { case model, lookUp }

    @Test("a rule that keeps every proposal would be found out", arguments: samplings.prefix(3))
    func power(sampling: Sampling) throws {
        let exact = try exactTexts(model, sampling, prompt: Self.prompt, count: 3)
        let found = try counts(draft, sampling, nil, expecting: 3).counts
        #expect(chanceOf(found, expecting: exact) < 1e-9)
        let own = try exactTexts(draft, sampling, prompt: Self.prompt, count: 3)
        #expect(chanceOf(found, expecting: own) > 1e-3)
    }

    @Test("a single token, by the rule and by three that are wrong")
    func rule() throws {
        let own = [0.4, 0.3, 0.2, 0.1, 0]
        let draft = [0.1, 0.3, 0, 0.4, 0.2]
        var sampler = try Sampler([], seed: 5)
        func chance(_ draw: (_ sampler: inout Sampler, _ proposed: Int32) -> Int32) -> Double {
            var counts: [Int: Int] = [:]
            for _ in 0..<20_000 {
                let proposed = sampler.token(byWeights: draft)
                counts[Int(draw(&sampler, proposed)), default: 0] += 1
            }
            let shares = Dictionary(uniqueKeysWithValues: own.enumerated().map { ($0, $1) })
            return chanceOf(counts, expecting: shares)
        }
        #expect(chance { $0.token(by: own, proposed: $1, by: draft) } > 1e-3)
        #expect(chance { $1 } < 1e-9)
        // Another token drawn from all rather than from what is left.
        let wrong = chance { sampler, proposed in
            let kept = sampler.token(by: own, proposed: proposed, by: draft)
            return kept == proposed ? kept : sampler.token(byWeights: own)
        }
        #expect(wrong < 1e-9)
        // Kept wherever the model holds it possible.
        #expect(chance { own[Int($1)] > 0 ? $1 : $0.token(byWeights: own) } < 1e-9)
    }

    @Test("proposals are kept as often as can be")
    func keptShare() throws {
        let own = [0.4, 0.3, 0.2, 0.1, 0]
        let draft = [0.1, 0.3, 0, 0.4, 0.2]
        var sampler = try Sampler([], seed: 6)
        var kept = 0
        for _ in 0..<20_000 {
            let proposed = sampler.token(byWeights: draft)
            if sampler.token(by: own, proposed: proposed, by: draft) == proposed { kept += 1 }
        }
        // Σ min(p, q) = 0.5, four deviations of 0.0035 on both sides.
        #expect(abs(Double(kept) / 20_000 - 0.5) < 0.0142)
    }
}
