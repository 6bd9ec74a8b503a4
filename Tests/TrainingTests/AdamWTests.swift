import AttendCheckpoints
import AttendLayers
import AttendTensors
import AttendTraining
import Foundation
import Testing

@Suite("AdamW")
struct AdamWTests {
    /// The tensors of the fixture as a module.
    struct Pair: Module {
        var matrix: Parameter
        var vector: Parameter

        mutating func visit(_ visitor: inout some ParameterVisitor) {
            visitor.visit("matrix", &matrix)
            visitor.visit("vector", &vector)
        }
    }

    private static func fixture() throws -> [String: Tensor] {
        let url = try #require(
            Bundle.module.url(
                forResource: "adamw", withExtension: "safetensors", subdirectory: "Fixtures"))
        return try namedTensors(in: SafetensorsFile(path: url.path))
    }

    @Test("Ten steps with clipping and decay are those of PyTorch")
    func parity() throws {
        let recorded = try Self.fixture()
        func tensor(_ name: String) throws -> Tensor { try #require(recorded[name]) }
        func expectClose(_ found: Tensor, _ name: String) throws {
            for (a, b) in zip(found.elements, try tensor(name).elements) {
                #expect(abs(a - b) <= 2e-6 * max(1, abs(b)), "\(name): \(a) is not \(b)")
            }
        }
        var pair = Pair(
            matrix: Parameter(try tensor("initial.matrix")),
            vector: Parameter(try tensor("initial.vector")))
        var optimizer = AdamW(.init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1))
        let rates = try tensor("learningRates").elements
        let norms = try tensor("gradientNorms").elements
        for step in 0..<10 {
            let gradients = Gradients([
                ("matrix", try tensor("gradient.\(step).matrix")),
                ("vector", try tensor("gradient.\(step).vector")),
            ])
            #expect(abs(gradients.norm - norms[step]) <= 1e-5 * norms[step])
            optimizer.update(&pair, with: gradients.clipped(toNorm: 1), learningRate: rates[step])
            try expectClose(pair.matrix.tensor, "value.\(step).matrix")
            try expectClose(pair.vector.tensor, "value.\(step).vector")
        }
        let moments = Dictionary(
            uniqueKeysWithValues: optimizer.namedTensors().map { ($0.name, $0.tensor) })
        for name in ["matrix", "vector"] {
            try expectClose(#require(moments["first.\(name)"]), "firstMoment.\(name)")
            try expectClose(#require(moments["second.\(name)"]), "secondMoment.\(name)")
        }
        // What was saved continues the same; what does not fit is refused whole.
        var restored = AdamW(optimizer.options)
        try restored.load(moments, stepCount: 10, for: pair)
        #expect(restored.stepCount == 10)
        #expect(throws: LoadingError.self) {
            try restored.load(moments.filter { $0.key != "first.vector" }, stepCount: 10, for: pair)
        }
    }

    @Test("A snapshot of the model stays as it was")
    func copies() {
        var pair = Pair(
            matrix: Parameter(Tensor(repeating: 1, shape: [3, 2])),
            vector: Parameter(Tensor([1, 2])))
        let before = pair
        var optimizer = AdamW()
        let gradients = Gradients([
            ("matrix", Tensor(repeating: 1, shape: [3, 2])), ("vector", Tensor([1, -1])),
        ])
        optimizer.update(&pair, with: gradients, learningRate: 0.1)
        #expect(before.matrix.tensor.elements == [Float](repeating: 1, count: 6))
        #expect(pair.matrix.tensor.elements != before.matrix.tensor.elements)
        #expect(optimizer.stepCount == 1)
    }
}
