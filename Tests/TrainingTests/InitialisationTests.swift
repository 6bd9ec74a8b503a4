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
            }
        #expect(abs(wide / wanted.0 - 1) < 0.03)
        #expect(abs(narrow / wanted.1 - 1) < 0.03)
        for name in ["wte.weight", "wpe.weight", "ln_f.weight", "h.1.ln_1.weight"] {
            #expect(usual[name]?.elements == drawn[name]?.elements)
        }
        #expect(
            drawn["h.0.mlp.c_fc.weight"]?.elements != drawn["h.1.mlp.c_fc.weight"]?.elements)
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
