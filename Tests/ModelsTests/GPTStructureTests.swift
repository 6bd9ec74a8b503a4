import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite(.serialized) struct GPTStructureTests {
    private static func model(hasBias: Bool = true) -> GPT {
        var random = RandomSource(seed: 1)
        return GPT(
            GPT.Configuration(
                vocabularySize: 5, contextLength: 4, layerCount: 2, headCount: 1, width: 2,
                hasBias: hasBias), random: &random)
    }

    @Test func namesAreThoseOfGPT2() {
        let names = Self.model().parameters.map(\.name)
        #expect(
            names.prefix(4) == ["wte.weight", "wpe.weight", "h.0.ln_1.weight", "h.0.ln_1.bias"])
        #expect(names.suffix(3) == ["h.1.mlp.c_proj.bias", "ln_f.weight", "ln_f.bias"])
        #expect(names.count == 2 + 2 * 12 + 2)
    }

    private func expect(
        _ result: ExitTest.Result?, says sentence: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains("Fatal error: \(sentence)\n"), sourceLocation: sourceLocation)
    }

    @Test func tooManyTokens() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Self.model().logits([0, 1, 2, 3, 4])
        }
        expect(result, says: "5 ids after 0 do not fit 1 rows of context 4")
    }

    @Test func unevenRows() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Self.model().logits([0, 1, 2], batch: 2)
        }
        expect(result, says: "3 ids after 0 do not fit 2 rows of context 4")
    }

    @Test func fullCache() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let model = Self.model()
            var caches = model.makeCaches(batch: 1, capacity: 2)
            _ = model.nextLogits([0, 1], caches: &caches)
            _ = model.nextLogits([2], caches: &caches)
        }
        expect(result, says: "a key-value cache for 2 tokens cannot hold 3")
    }

    @Test func noTokens() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let model = Self.model()
            var caches = model.makeCaches()
            _ = model.nextLogits([], caches: &caches)
        }
        expect(result, says: "there are no last 1 tokens in [1, 0, 2]")
    }

    @Test func unknownToken() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Self.model().logits([5])
        }
        expect(result, says: "embedding: id 5 is outside of the vocabulary of 5")
    }
}
