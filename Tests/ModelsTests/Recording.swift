import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

/// What a peer made of small inputs, with its weights by our names (Scripts/record-transformer-fixtures.py and
/// Scripts/record-family-fixtures.py).
struct Recording {
    let name: String
    /// Everything in the file, by name.
    let tensors: [String: Tensor]
    /// The peer's configuration, by its own names.
    private let settings: [String: Any]

    init(_ name: String) throws {
        self.name = name
        let url = try #require(
            Bundle.module.url(
                forResource: name, withExtension: "safetensors", subdirectory: "Fixtures"))
        let file = try SafetensorsFile(path: url.path)
        let json = try JSONSerialization.jsonObject(
            with: Data(#require(file.metadata["configuration"]).utf8))
        settings = try #require(json as? [String: Any])
        tensors = try Dictionary(
            uniqueKeysWithValues: file.entries.map {
                ($0.name, Tensor(try file.floats($0.name), shape: Shape($0.shape)))
            })
    }

    /// A number of the peer's configuration.
    func number(_ name: String) throws -> Double {
        try #require(settings[name] as? NSNumber, "\(name)").doubleValue
    }

    func optionalInteger(_ name: String) -> Int? { (settings[name] as? NSNumber)?.intValue }

    func integer(_ name: String) throws -> Int { Int(try number(name)) }

    func word(_ name: String) throws -> String { try #require(settings[name] as? String) }

    func flag(_ name: String) throws -> Bool { try number(name) != 0 }

    var batch: Int { get throws { try integer("batch") } }

    func tensor(_ name: String) throws -> Tensor { try #require(tensors[name], "\(name)") }

    func integers(_ name: String) throws -> [Int32] { try tensor(name).elements.map { Int32($0) } }

    /// The model with the recorded weights: all tensors of which there is a gradient.
    func loaded<Model: Module>(_ model: Model) throws -> Model {
        var model = model
        try model.load(tensors.filter { tensors["gradient.\($0.key)"] != nil })
        return model
    }

    /// Expects every gradient to be the recorded one to a thousandth of its largest element.
    func expect(
        _ gradients: Gradients, of model: some Module,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(
            gradients.tensors.map(\.name) == model.parameters.map(\.name),
            sourceLocation: sourceLocation)
        for (name, gradient) in gradients.tensors {
            let wanted = try tensor("gradient.\(name)")
            let difference = gradient.largestDifference(from: wanted)
            #expect(
                difference <= 1e-3 * wanted.largestMagnitude + 1e-6, "\(self.name): \(name)",
                sourceLocation: sourceLocation)
        }
    }

    /// Expects logits to be the recorded ones to 1e-4.
    func expect(
        _ found: Tensor, is name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let difference = try found.largestDifference(from: tensor(name))
        #expect(difference <= 1e-4, "\(self.name): \(name)", sourceLocation: sourceLocation)
    }
}

/// A stack of blocks and what it reads, so that inputs have gradients like weights.
struct StackWithInputs: Module {
    var stack: TransformerStack
    var x: Parameter
    var memory: Parameter?

    mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("x", &x)
        visitor.visit("memory", &memory)
        stack.visit(&visitor)
    }

    func output(mask: Tensor?, memoryMask: Tensor?) -> Tensor {
        var (caches, context) = ([KeyValueCache](), Context())
        let memories =
            memory.map { stack.memories(of: $0.tensor, keyMask: memoryMask, context: &context) }
        return stack(
            x.tensor, keyMask: mask, memories: memories ?? [], caches: &caches, context: &context)
    }
}

extension Recording {
    /// Expects a stack of blocks to make the recorded output and gradients.
    func expectParity(
        _ options: StackOptions, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var random = RandomSource(seed: 1)
        let model = try loaded(
            StackWithInputs(
                stack: TransformerStack(options, random: &random),
                x: Parameter(.zeros(tensor("x").shape)),
                memory: tensors["memory"].map { Parameter(.zeros($0.shape)) }))
        let (mask, memoryMask) = try (tensor("mask"), tensors["memoryMask"])
        try expect(
            model.output(mask: mask, memoryMask: memoryMask), is: "output",
            sourceLocation: sourceLocation)
        let outputGradient = try tensor("outputGradient")
        let gradients = valueWithGradients(of: model) {
            ($0.output(mask: mask, memoryMask: memoryMask) * outputGradient).sum()
        }.gradients
        try expect(gradients, of: model, sourceLocation: sourceLocation)
    }
}
