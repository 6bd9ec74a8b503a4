import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendTraining
import Testing

@Suite("What weights are drawn from at first")
struct InitialisationTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func weights(
        _ kind: DataKind, _ initialisation: InitialisationKind?
    ) throws -> [String: Tensor] {
        var (configuration, data) = try runs.configured(kind)
        var sizes = SizeOverrides()
        sizes.width = 64
        configuration.model = try configuration.model.applying(sizes)
        configuration.training.initialisation = initialisation
        let trainer = try makeTrainer(configuration, data: data)
        return Dictionary(
            uniqueKeysWithValues: trainer.weights().map { ($0.name, $0.tensor) })
    }

    private func deviation(_ tensor: Tensor?) throws -> Double {
        let tensor = try #require(tensor)
        return (tensor.sumOfSquares() / Double(tensor.count)).squareRoot()
    }

    @Test(
        "Each kind has its deviation, and leaves tables and gains alone",
        arguments: InitialisationKind.allCases)
    func deviations(kind: InitialisationKind) throws {
        let (usual, drawn) = (try weights(.text, nil), try weights(.text, kind))
        #expect(usual.keys == drawn.keys)
        let wide = try deviation(drawn["h.0.mlp.c_fc.weight"])
        let narrow = try deviation(drawn["h.0.mlp.c_proj.weight"])
        // Two blocks have four residual connections.
        let wanted: (Double, Double) =
            switch kind {
            case .normal: (0.02, 0.02)
            case .scaledResidual: (0.02, 0.01)
            case .xavier: ((2.0 / 320).squareRoot(), (2.0 / 320).squareRoot())
            case .kaiming: ((2.0 / 64).squareRoot(), (2.0 / 256).squareRoot())
            // Half as wide as the base.
            case .maximalUpdate: (0.02 * 2.0.squareRoot(), 0.01 * 2.0.squareRoot())
            }
        #expect(abs(wide / wanted.0 - 1) < 0.03)
        #expect(abs(narrow / wanted.1 - 1) < 0.03)
        for name in ["wte.weight", "wpe.weight", "h.1.ln_1.weight"] {
            #expect(usual[name]?.elements == drawn[name]?.elements)
        }
        let gain: Float = kind == .maximalUpdate ? 2 : 1
        #expect(
            drawn["ln_f.weight"]?.elements.allSatisfy { $0.bitPattern == gain.bitPattern } == true)
        #expect(
            drawn["h.0.mlp.c_fc.weight"]?.elements != drawn["h.1.mlp.c_fc.weight"]?.elements)
    }

    /// How far a few steps move the logits, as a root of a mean square.
    private func movement(
        width: Int, _ initialisation: InitialisationKind?, _ optimizer: OptimizerKind
    ) throws -> Double {
        var (configuration, data) = try runs.configured(.text, dropout: 0)
        var sizes = SizeOverrides()
        sizes.width = width
        sizes.headCount = width / 16
        configuration.model = try configuration.model.applying(sizes)
        configuration.training.initialisation = initialisation
        configuration.training.baseWidth = 32
        configuration.training.optimizer = optimizer
        configuration.training.learningRate = 3e-2
        var trainer = try makeTrainer(configuration, data: data)
        let ids = (0..<24).map { Int32($0 % 12) }
        func logits(_ model: AnyModel) throws -> Tensor {
            guard case .causal(let model) = model else {
                Issue.record("not a decoder")
                return .zeros([1])
            }
            return model.logits(ids)
        }
        let before = try logits(trainer.currentModel)
        for _ in 0..<4 { _ = try trainer.step() }
        let change = try logits(trainer.currentModel) + before * -1
        return (change.sumOfSquares() / Double(change.count)).squareRoot()
    }

    @Test(
        "With mup, steps move the logits of a model as far whatever its width; without, further the wider it is",
        arguments: [OptimizerKind.adamW, .muon])
    func widths(optimizer: OptimizerKind) throws {
        func growth(_ kind: InitialisationKind?) throws -> Double {
            try movement(width: 256, kind, optimizer) / movement(width: 32, kind, optimizer)
        }
        let (usual, scaled) = (try growth(nil), try growth(.maximalUpdate))
        #expect(usual > 2)
        #expect((0.5...1.6).contains(scaled))
    }

    @Test("mup is refused where it has no meaning")
    func refused() throws {
        var (configuration, data) = try runs.configured(.pairs)
        configuration.training.initialisation = .maximalUpdate
        let family = #expect(throws: ConfigurationError.self) {
            try makeTrainer(configuration, data: data)
        }
        #expect(
            family?.problems
                == ["initialisation mup is for gpt, llama and gpt-oss, not for encoder-decoder"])
        configuration.training.optimizer = .sgd
        let optimizer = #expect(throws: ConfigurationError.self) {
            try configuration.training.validate()
        }
        #expect(
            optimizer?.problems == [
                "initialisation mup has learning rates for adam, adamw, lion and muon, not for sgd"
            ])
    }

    @Test("A decoder's residual connections are counted by themselves")
    func stacks() throws {
        let drawn = try weights(.pairs, .scaledResidual)
        let layers = Set(
            drawn.keys.filter { $0.hasPrefix("decoder.h.") }.map { $0.split(separator: ".")[2] }
        )
        .count
        let encoder = try deviation(drawn["encoder.h.0.mlp.c_proj.weight"])
        let decoder = try deviation(drawn["decoder.h.0.mlp.c_proj.weight"])
        #expect(abs(encoder / (0.02 / Double(2 * layers).squareRoot()) - 1) < 0.05)
        #expect(abs(decoder / (0.02 / Double(3 * layers).squareRoot()) - 1) < 0.05)
    }
}
