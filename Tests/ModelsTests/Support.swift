import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

/// A GPT whose weights, logits, loss and gradients PyTorch recorded (Scripts/record-gpt-fixtures.py).
struct GPTFixture: CustomTestStringConvertible {
    let name: String
    let configuration: GPT.Configuration
    let batch: Int
    /// Everything in the file, by name.
    let tensors: [String: Tensor]

    static let names = ["gpt-with-biases", "gpt-without-biases"]

    var testDescription: String { name }

    init(_ name: String) throws {
        self.name = name
        let url = try #require(
            Bundle.module.url(
                forResource: name, withExtension: "safetensors", subdirectory: "Fixtures"))
        let file = try SafetensorsFile(path: url.path)
        let recorded = try JSONDecoder().decode(
            Recorded.self, from: Data(#require(file.metadata["configuration"]).utf8))
        configuration = GPT.Configuration(
            vocabularySize: recorded.vocab_size, contextLength: recorded.n_positions,
            layerCount: recorded.n_layer, headCount: recorded.n_head, width: recorded.n_embd,
            hiddenWidth: recorded.n_inner, hasBias: recorded.bias,
            activation: try #require(Activation(rawValue: recorded.activation_function)),
            normEpsilon: recorded.layer_norm_epsilon)
        batch = recorded.batch
        tensors = try Dictionary(
            uniqueKeysWithValues: file.entries.map {
                ($0.name, Tensor(try file.floats($0.name), shape: Shape($0.shape)))
            })
    }

    /// The names of a GPT-2 `config.json`.
    private struct Recorded: Decodable {
        let vocab_size: Int
        let n_positions: Int
        let n_embd: Int
        let n_head: Int
        let n_layer: Int
        let n_inner: Int
        let bias: Bool
        let batch: Int
        let layer_norm_epsilon: Float
        let activation_function: String
    }

    func tensor(_ name: String) throws -> Tensor { try #require(tensors[name]) }

    func integers(_ name: String) throws -> [Int32] { try tensor(name).elements.map { Int32($0) } }

    /// The model with the recorded weights.
    func model() throws -> GPT {
        var random = RandomSource(seed: 1)
        var model = GPT(configuration, random: &random)
        let others: Set = ["ids", "targets", "logits", "loss"]
        try model.load(
            tensors.filter { !others.contains($0.key) && !$0.key.hasPrefix("gradient.") })
        return model
    }
}

extension Tensor {
    /// The largest distance between elements of two tensors of the same shape.
    func largestDifference(from other: Tensor) -> Float {
        if shape != other.shape { return .infinity }
        return zip(elements, other.elements).reduce(0) {
            let difference = abs($1.0 - $1.1)
            return difference <= $0 ? $0 : difference
        }
    }

    /// Whether all elements are the other's to 1e-5, or to 1e-5 of the largest where that is more than 1.
    func isNear(_ other: Tensor) -> Bool {
        largestDifference(from: other) <= 1e-5 * max(1, other.largestMagnitude)
    }

    var largestMagnitude: Float { elements.reduce(0) { max($0, abs($1)) } }

    var isFinite: Bool { elements.allSatisfy { $0.isFinite } }

    var bits: [UInt32] { elements.map(\.bitPattern) }
}

/// Ids below `vocabulary` that look random.
func someIds(_ count: Int, vocabulary: Int, seed: UInt64 = 3) -> [Int32] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in Int32(random.next() % UInt64(vocabulary)) }
}
