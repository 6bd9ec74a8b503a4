import Foundation

/// The path of a directory that transformers or sentence-transformers saved
/// (Scripts/record-huggingface-encoder-fixtures.py).
func foreignDirectory(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../CheckpointsTests/Fixtures/huggingface/\(name)")
        .standardizedFileURL.path
}

/// What the library made of some texts, which lies beside the model.
func recorded<Value: Decodable>(_ type: Value.Type, in name: String) throws -> Value {
    let url = URL(fileURLWithPath: foreignDirectory(name) + "/recorded.json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
}
