import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

/// A tiny model of some family that has opinions, made when a test asks for it.
struct TinyModel: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (_ seed: UInt64) -> any CausalLanguageModel

    private init<Model: CausalLanguageModel>(
        _ name: String, _ type: Model.Type, _ configuration: Model.Configuration
    ) {
        testDescription = name
        make = { seed in
            var random = RandomSource(seed: seed)
            var model = Model(configuration, random: &random)
            model.forEachParameter { name, parameter in
                guard !name.contains("norm"), !name.contains("ln_") else { return }
                parameter.tensor = Tensor(
                    parameter.tensor.elements.map { $0 * 14 }, shape: parameter.tensor.shape)
            }
            return model
        }
    }

    private static func llama(
        _ name: String, _ change: (inout Llama.Configuration) -> Void
    ) -> TinyModel {
        var configuration = Llama.Configuration(
            vocabularySize: 11, contextLength: 24, layerCount: 2, headCount: 4,
            keyValueHeadCount: 2, width: 16, hiddenWidth: 20)
        change(&configuration)
        return TinyModel(name, Llama.self, configuration)
    }

    static func gpt(vocabularySize: Int = 11, contextLength: Int = 24) -> TinyModel {
        TinyModel(
            "gpt", GPT.self,
            GPT.Configuration(
                vocabularySize: vocabularySize, contextLength: contextLength, layerCount: 1,
                headCount: 2, width: 8))
    }

    static let all: [TinyModel] = [
        gpt(),
        llama("grouped queries and a window") { $0.window = 5 },
        llama("latent") {
            $0.keyValueHeadCount = 4
            $0.headWidth = 6
            $0.latent = LatentOptions(rank: 5, rotaryWidth: 4)
        },
        llama("slopes") { $0.positions = PositionOptions(.alibi) },
        llama("relative positions") { $0.positions = PositionOptions(.relativeBuckets) },
        llama("experts") {
            $0.experts = ExpertOptions(count: 3, perToken: 2, hiddenWidth: 7)
        },
        TinyModel(
            "gpt-oss", GPTOSS.self,
            GPTOSS.Configuration(
                vocabularySize: 11, contextLength: 24, layerCount: 2, headCount: 4,
                keyValueHeadCount: 2, width: 10, headWidth: 6, window: 4, expertCount: 3,
                expertsPerToken: 2, expertWidth: 7)),
        TinyModel("bigram", Bigram.self, rung(.bigram)),
        TinyModel("single head", SingleHead.self, rung(.singleHead)),
        TinyModel("multi-head", MultiHead.self, rung(.multiHead)),
        TinyModel("block", SingleBlock.self, rung(.block)),
    ]

    private static func rung(_ rung: LadderConfiguration.Rung) -> LadderConfiguration {
        LadderConfiguration(
            rung: rung, vocabularySize: 11, contextLength: 24, width: 6,
            headCount: 3)
    }
}

extension TokenStream {
    /// The next tokens.
    mutating func tokens(_ count: Int) throws -> [Int32] {
        try (0..<count).map { _ in try next() }
    }
}

/// The probability of each text of `count` tokens that a model with a sampling writes after a prompt, held to a constraint.
func exactTexts(
    _ model: any CausalLanguageModel, _ sampling: Sampling, prompt: [Int32], count: Int,
    constraint: TokenConstraint? = nil
) throws -> [[Int32]: Double] {
    let sampler = try Sampler(sampling, seed: 0)
    let vocabulary = model.configuration.vocabularySize
    var texts: [[Int32]: Double] = [[]: 1]
    for _ in 0..<count {
        var longer: [[Int32]: Double] = [:]
        for (text, probability) in texts {
            var history = TokenHistory(prompt: prompt, for: sampling)
            for token in text { history.append(token) }
            var logits = Array(model.logits(prompt + text).elements.suffix(vocabulary))
            if var constraint {
                for token in text { try constraint.advance(by: token) }
                try constraint.mask().apply(to: &logits)
            }
            for (id, share) in try sampler.distribution(of: logits, after: history) {
                longer[text + [id]] = probability * share
            }
        }
        texts = longer
    }
    return texts
}

/// The probability that counts deviate from their expectations as far as these by chance (Pearson's χ² test).
///
/// Cells that expect less than 5 are put together; what is impossible must not occur at all.
func chanceOf<Cell: Hashable>(_ counts: [Cell: Int], expecting shares: [Cell: Double]) -> Double {
    let total = Double(counts.values.reduce(0, +))
    if counts.keys.contains(where: { (shares[$0] ?? 0) <= 0 }) { return 0 }
    var (statistic, cells) = (0.0, 0)
    var rest = (expected: 0.0, found: 0.0)
    func add(_ expected: Double, _ found: Double) {
        statistic += (found - expected) * (found - expected) / expected
        cells += 1
    }
    for (cell, share) in shares {
        let found = Double(counts[cell] ?? 0)
        if share * total < 5 {
            rest = (rest.expected + share * total, rest.found + found)
        } else {
            add(share * total, found)
        }
    }
    if rest.expected > 5 { add(rest.expected, rest.found) }
    // Wilson & Hilferty 1931: the cube root of χ² over its degrees of freedom is nearly normal.
    let freedom = Double(cells - 1)
    let spread = 2 / (9 * freedom)
    let deviation = (pow(statistic / freedom, 1 / 3) - (1 - spread)) / spread.squareRoot()
    return erfc(deviation / 2.0.squareRoot()) / 2
}
