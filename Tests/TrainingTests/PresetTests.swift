import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Foundation
import Testing

@Suite("Presets")
struct PresetTests {
    @Test("Every preset can be trained as far as its sizes are concerned", arguments: Preset.names)
    func valid(name: String) throws {
        let preset = try #require(Preset.named(name))
        #expect(preset.name == name && !preset.summary.isEmpty)
        try preset.model.sizes.validate()
        try preset.training.validate()
        #expect(preset.kind == preset.model.architecture.dataKind)
        #expect(preset.training.warmupSteps < preset.training.steps)
        if let data = preset.data {
            let known =
                switch preset.kind {
                case .text: Corpus.builtInNames + [ModularAddition.baseName]
                case .masked: Corpus.builtInNames
                case .pairs: ParallelCorpus.builtInNames
                case .labelled: LabelledTexts.builtInNames
                }
            #expect(known.contains(data))
        }
    }

    @Test("Names are unique, and each family has a usual preset of its own")
    func names() {
        #expect(Set(Preset.names).count == Preset.names.count)
        for architecture in Architecture.allCases {
            #expect(Preset.usual(for: architecture).model.architecture == architecture)
        }
    }

    @Test("Small presets have as many parameters as they foretell", arguments: Preset.names)
    func counts(name: String) throws {
        let preset = try #require(Preset.named(name))
        let foretold = preset.model.sizes.parameterCount
        if foretold > 12_000_000 { return }
        #expect(try ModelSummary(preset.model).parameters == foretold)
    }

    /// What Hugging Face transformers has no class for: parts of a Transformer, and one without norms.
    static let withoutCounterpart = [
        "bigram", "single-head", "multi-head", "block", "modular-addition",
    ]

    @Test(
        "Models of presets are written for transformers, apart from parts of a Transformer",
        arguments: Preset.names)
    func exports(name: String) throws {
        let preset = try #require(Preset.named(name))
        var small = SizeOverrides()
        (small.layerCount, small.contextLength) = (1, 16)
        // The latent preset's heads may not be narrower than what turns of them.
        (small.width, small.headCount) = (128, 4)
        let configuration = preset.model.applying(small)
        if configuration.sizes.parameterCount > 8_000_000 { return }
        var random = RandomSource(seed: 1)
        let model = configuration.makeModel(random: &random)
        let loaded = LoadedModel(model: model, configuration: configuration, path: name)
        let path = NSTemporaryDirectory() + "attend-preset-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        if Self.withoutCounterpart.contains(name) {
            #expect(throws: CheckpointError.self) { try loaded.export(to: .huggingFace, at: path) }
        } else {
            _ = try loaded.export(to: .huggingFace, at: path)
            let again = try LoadedModel.load(path)
            #expect(again.notices.isEmpty)
        }
    }

    /// The parameters of the Transformer of 2017, written out: tables, attentions, feed-forward networks, norms.
    static func vaswani(layers: Int = 6, width: Int = 512, hidden: Int = 2048) -> Int {
        let attention = 4 * (width * width + width)
        let network = 2 * width * hidden + hidden + width
        let norm = 2 * width
        let encoder = attention + network + 2 * norm
        let decoder = 2 * attention + network + 3 * norm
        return 41_000 * width + layers * (encoder + decoder)
    }

    /// Names, exact counts, and the published figure in units of 100,000 parameters, cut off.
    static let published: [(String, Int, Int?)] = [
        ("vaswani-base", vaswani(), 651),
        ("vaswani-2-layers", vaswani(layers: 2), 357),
        ("vaswani-4-layers", vaswani(layers: 4), 504),
        ("vaswani-8-layers", vaswani(layers: 8), 798),
        ("vaswani-width-256", vaswani(width: 256), 278),
        ("vaswani-width-1024", vaswani(width: 1024), 1679),
        ("vaswani-hidden-1024", vaswani(hidden: 1024), 525),
        ("vaswani-hidden-4096", vaswani(hidden: 4096), 903),
        ("gpt2-124m", 124_439_808, nil),
        ("gpt2-124m-no-bias", 124_337_664, nil),
        ("stories260k", 260_032, nil),
        ("modular-addition", 226_816, nil),
    ]

    @Test("Published models have their published counts", arguments: published)
    func publishedCounts(name: String, count: Int, figure: Int?) throws {
        let preset = try #require(Preset.named(name))
        #expect(preset.model.sizes.parameterCount == count)
        if let figure { #expect(count / 100_000 == figure) }
    }

    @Test("GPT-2 without biases does 874,944,921,600 operations for 1,024 tokens, there and back")
    func flops() throws {
        let preset = try #require(Preset.named("gpt2-124m-no-bias"))
        #expect(preset.model.sizes.contextLength == 1024)
        #expect(3 * 1024 * preset.model.sizes.flopsPerToken == 874_944_921_600)
    }
}
