import AttendCheckpoints
import Foundation
import Testing

/// A copy of a recorded Hugging Face directory that a test may change.
struct ForeignDirectory {
    let directory: TemporaryDirectory
    /// Where the model is: inside of the temporary directory, so that there is something outside of it.
    let path: String

    init(_ name: String) throws {
        directory = try TemporaryDirectory()
        path = directory.path("model")
        try FileManager.default.copyItem(atPath: fixture("huggingface/\(name)"), toPath: path)
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    func load(checksTensors: Bool = false) throws -> LoadedModel {
        try LoadedModel.load(path, checksTensors: checksTensors)
    }

    /// The sentence with which loading fails.
    func failure(sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
            try load()
        }
        return error.map { "\($0)" } ?? ""
    }

    /// Changes the fields of a JSON file; nil removes one.
    func change(_ fields: [String: Any?], in name: String = "config.json") throws {
        let url = URL(fileURLWithPath: path(name))
        var object = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
        for (name, value) in fields { object[name] = value }
        try JSONSerialization.data(withJSONObject: object).write(to: url)
    }

    /// Writes the tensors anew after a change.
    func rewrite(
        _ change: (inout [String: (shape: [Int], elements: [Float])]) -> Void
    ) throws {
        let file = try SafetensorsFile(path: path("model.safetensors"))
        var tensors: [String: (shape: [Int], elements: [Float])] = [:]
        for entry in file.entries {
            tensors[entry.name] = (entry.shape, try file.floats(entry.name))
        }
        change(&tensors)
        try SafetensorsWriter.write(
            tensors.map { .init(name: $0.key, shape: $0.value.shape, elements: $0.value.elements) },
            to: path("model.safetensors"))
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path(name))
    }
}

/// What transformers made of a recorded directory's model.
struct RecordedLogits: Decodable {
    let ids: [Int32]
    let sources: [Int32]?
    let logits: [[Float]]
    let prompt: String?
    let promptIds: [Int32]?
    let text: String?

    init(_ name: String) throws {
        let url = URL(fileURLWithPath: try fixture("huggingface/\(name)/recorded.json"))
        self = try JSONDecoder().decode(RecordedLogits.self, from: Data(contentsOf: url))
    }

    /// The largest difference from these logits, in row-major order.
    func difference(from elements: [Float]) -> Float {
        let expected = logits.flatMap { $0 }
        guard expected.count == elements.count else { return .infinity }
        // A NaN must not count as small.
        return zip(expected, elements).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
    }
}
