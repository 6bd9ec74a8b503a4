import Foundation
import Testing

@Suite("attend embed")
struct EmbedCommandTests {
    private static func fixture(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../CheckpointsTests/Fixtures/huggingface/\(name)")
            .standardizedFileURL.path
    }

    @Test("JSON has the shape and the vector, or one for each token")
    func json() throws {
        let model = Self.fixture("bert-model")
        let one = try Executable.run(["embed", model, "--text", "A cat.", "--json"])
        #expect(one.status == 0 && one.messages.isEmpty, "\(one.messages)")
        #expect(try one.json()["shape"] as? [Int] == [24])
        #expect((try one.json()["embedding"] as? [Double])?.count == 24)
        let all = try Executable.run(
            ["embed", model, "--text", "A cat.", "--pooling", "none", "--json"])
        let shape = try #require(try all.json()["shape"] as? [Int])
        #expect(shape.count == 2 && shape[1] == 24)
        #expect((try all.json()["embedding"] as? [[Double]])?.count == shape[0])
    }

    @Test("Each line of standard input gives a line")
    func lines() throws {
        let result = try Executable.run(
            ["embed", Self.fixture("sentence-cls"), "--text", "-", "--json"],
            input: Array("Moon\n\nA small dog runs across the wide green field.\n".utf8))
        #expect(result.status == 0)
        let objects = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["shape"] as? [Int] } == [[20], [20], [20]])
        #expect(result.messages.contains("Line 3: The text has"))
    }

    @Test("Without --json a vector is a line of numbers, and normalisation can be turned off")
    func numbers() throws {
        let model = Self.fixture("sentence-mean")
        func squares(_ flags: String...) throws -> Double {
            let result = try Executable.run(["embed", model, "--text", "Moon"] + flags)
            let line = try #require(result.output.split(separator: "\n").first)
            let numbers = line.split(separator: " ").compactMap { Double($0) }
            #expect(numbers.count == 24)
            return numbers.reduce(0) { $0 + $1 * $1 }
        }
        #expect(abs(try squares() - 1) < 1e-4)
        #expect(abs(try squares("--no-normalize") - 1) > 0.01)
    }

    @Test("Other models, and names of pooling that do not exist, are refused")
    func refusals() throws {
        let other = try Executable.run(["embed", Self.fixture("marian"), "--text", "a"])
        #expect(other.status == 65 && other.messages.contains("makes no vectors of texts"))
        let pooling = try Executable.run(
            ["embed", Self.fixture("bert-model"), "--text", "a", "--pooling", "meen"])
        #expect(pooling.status == 64 && pooling.messages.contains("did you mean mean?"))
    }

    @Test("Logits of a classifier are those of its classes; a model without a head has none")
    func logits() throws {
        let classes = try Executable.run(
            ["logits", Self.fixture("bert-classifier"), "--tokens", "2,9,3", "--json"])
        #expect(try classes.json()["shape"] as? [Int] == [1, 3])
        let named = try Executable.run(
            ["logits", Self.fixture("bert-classifier"), "--tokens", "2,9,3"])
        #expect(named.output.hasPrefix("statement: "))
        let none = try Executable.run(["logits", Self.fixture("bert-model"), "--tokens", "2,9,3"])
        #expect(none.status == 65 && none.messages.contains("attend embed"))
    }
}
