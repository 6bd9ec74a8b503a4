import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// What a sampling leaves of logits: probabilities by id.
func distribution(
    _ sampling: Sampling, of logits: [Float], after history: TokenHistory = TokenHistory()
) throws -> [Int32: Double] {
    let found = try Sampler(sampling, seed: 1).distribution(of: logits, after: history)
    return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.probability) })
}

/// Holds probabilities to others, and which tokens have one exactly.
func expectDistribution(
    _ found: [Int32: Double], _ expected: [Int32: Double],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.keys.sorted() == expected.keys.sorted(), sourceLocation: sourceLocation)
    for (id, probability) in expected {
        #expect(
            abs((found[id] ?? -1) - probability) < 1e-6, "token \(id)",
            sourceLocation: sourceLocation)
    }
}

/// A tiny model whose weights are so large that it has opinions; new ones say almost nothing.
func opinionatedGPT(vocabularySize: Int, contextLength: Int) -> GPT {
    var random = RandomSource(seed: 3)
    var model = GPT(
        GPT.Configuration(
            vocabularySize: vocabularySize, contextLength: contextLength, layerCount: 2,
            headCount: 2, width: 16),
        random: &random)
    model.forEachParameter { name, parameter in
        guard name.hasSuffix("weight"), !name.contains("ln_") else { return }
        parameter.tensor = Tensor(
            parameter.tensor.elements.map { $0 * 12 }, shape: parameter.tensor.shape)
    }
    return model
}
