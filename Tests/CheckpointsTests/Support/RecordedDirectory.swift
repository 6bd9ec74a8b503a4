import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

/// What transformers saved, and what it makes of some tokens (Scripts/record-huggingface-encoder-fixtures.py).
struct RecordedDirectory {
    let path: String
    private let recorded: Recorded

    private struct Recorded: Decodable {
        let tokens: [Int32]
        let sourceTokens: [Int32]?
        let logits: [[Float]]?
        let hidden: [[Float]]?
    }

    init(_ name: String) throws {
        path = try fixture("huggingface/\(name)")
        recorded = try JSONDecoder().decode(
            Recorded.self, from: Data(contentsOf: URL(fileURLWithPath: path + "/recorded.json")))
    }

    /// The rows that were recorded: logits, or vectors of a model without a head.
    var expected: [[Float]] { recorded.logits ?? recorded.hidden ?? [] }

    /// The same by a model of ours.
    func found(_ loaded: LoadedModel) throws -> [Float] {
        var context = Context()
        let tokens = recorded.tokens
        switch loaded.model {
        case .encoder(let model):
            return recorded.logits == nil
                ? model.hidden(tokens, batch: 1, context: &context).elements
                : model.logits(tokens).elements
        case .classifier(let model):
            return model.logits(tokens, batch: 1, context: &context).elements
        case .encoderDecoder(let model):
            return model.logits(
                sources: try #require(recorded.sourceTokens), targets: tokens
            ).elements
        case .causal: throw CancellationError()
        }
    }

    /// The largest distance between what a model makes and what was recorded.
    func largestDifference(of loaded: LoadedModel) throws -> Float {
        let (found, expected) = (try found(loaded), expected.flatMap { $0 })
        #expect(found.count == expected.count && !expected.isEmpty)
        return zip(found, expected).reduce(0) { largest, pair in
            let difference = abs(pair.0 - pair.1)
            return difference <= largest ? largest : difference
        }
    }

    /// A copy that a test may change.
    func copy(into scratch: TemporaryDirectory) throws -> String {
        let target = scratch.path("copy")
        try FileManager.default.copyItem(atPath: path, toPath: target)
        return target
    }
}

/// The tensors of a directory's weights, by name.
func tensorBits(_ directory: String) throws -> [String: [UInt32]] {
    let file = try SafetensorsFile(path: directory + "/model.safetensors")
    return try Dictionary(
        uniqueKeysWithValues: file.entries.map {
            ($0.name, try file.floats($0.name).map(\.bitPattern))
        })
}

/// Replaces a text in a file.
func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(old), "\(old) is not in \(path)")
    try text.replacing(old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
}

/// Expects a directory to be refused in a sentence with these words.
func expectRefused(
    _ directory: String, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
        try LoadedModel.load(directory)
    }
    for word in words {
        #expect(
            error?.description.contains(word) == true, "\(error?.description ?? "")",
            sourceLocation: sourceLocation)
    }
}
