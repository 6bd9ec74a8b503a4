import AttendCheckpoints
import AttendText
import Testing

/// The rows on files of what must hold under abuse, each by its words.
///
/// Shards, configurations and weights
/// that are no numbers are with the tests of Hugging Face directories; GGUF and .npy have files of their own.
struct FilesSafetyTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
        try directory.write(bytes, to: "x.safetensors")
        return try SafetensorsFile(path: directory.path("x.safetensors"))
    }

    private func prefix(_ count: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }

    private func file(_ header: [UInt8], data: Int = 0) -> [UInt8] {
        prefix(UInt64(header.count)) + header + [UInt8](repeating: 0, count: data)
    }

    private func file(_ header: String, data: Int = 0) -> [UInt8] {
        file(Array(header.utf8), data: data)
    }

    /// The error's sentence; it names the file, and nothing traps.
    private func refusal(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: CheckpointError.self) { try open(bytes) }
        #expect(error?.path.hasSuffix("x.safetensors") == true)
        return error?.explanation ?? ""
    }

    @Test("safetensors N beyond file", arguments: [3, 100, 99_999_999] as [UInt64])
    func headerBeyondFile(size: UInt64) {
        #expect(refusal(prefix(size) + Array("{}".utf8)).contains("too few for its header"))
    }

    @Test(
        "safetensors N > 100 MB, 2⁶⁴−1",
        arguments: [100_000_001, 1 << 40, 1 << 63, .max] as [UInt64])
    func headerTooLarge(size: UInt64) {
        #expect(refusal(prefix(size) + Array("{}".utf8)).contains("announces a header of \(size)"))
    }

    @Test("header not UTF-8")
    func headerNotUTF8() {
        let start = Array(#"{""#.utf8)
        let end = Array(#"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
        for wrong in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xC3]] as [[UInt8]] {
            #expect(refusal(file(start + wrong + end, data: 4)).contains("not valid UTF-8"))
        }
    }

    @Test(
        "header not JSON",
        arguments: ["{", "{]", "{\"a\"}", "{\"a\":}", "{} {}", "{\"a\":1}", "{'a':{}}"])
    func headerNotJSON(header: String) {
        #expect(refusal(file(header)).contains("in the header"))
    }

    @Test("header with leading space", arguments: [" {}", "\n{}", "\u{FEFF}{}", "[]", "", "null"])
    func headerWithLeadingSpace(header: String) {
        #expect(refusal(file(header)).contains("does not begin with “{”"))
    }

    private func entry(_ name: String, _ range: String, shape: String = "[1]", type: String = "F32")
        -> String
    {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(range)]}"
    }

    @Test("overlap, hole, trailing bytes")
    func layout() {
        let overlap = "{\(entry("a", "0,4")),\(entry("b", "2,6"))}"
        #expect(refusal(file(overlap, data: 6)).contains("“b” begins at byte 2"))
        let same = "{\(entry("a", "0,4")),\(entry("b", "0,4"))}"
        #expect(refusal(file(same, data: 4)).contains("begins at byte 0"))
        let hole = "{\(entry("a", "0,4")),\(entry("b", "8,12"))}"
        #expect(refusal(file(hole, data: 12)).contains("“b” begins at byte 8"))
        #expect(refusal(file("{\(entry("a", "4,8"))}", data: 8)).contains("“a” begins at byte 4"))
        #expect(
            refusal(file("{\(entry("a", "0,4"))}", data: 5)).contains("where its header describes"))
        #expect(
            refusal(file("{\(entry("a", "0,4"))}", data: 3)).contains("where its header describes"))
        #expect(refusal(file("{}", data: 1)).contains("where its header describes"))
    }

    @Test(
        "negative, fractional, 1e400 offsets or shapes, overflowing product",
        arguments: [
            ("-4,0", "[1]"), ("0.5,4.5", "[1]"), ("0,1e400", "[1]"), ("0,4e0", "[1]"),
            ("4,0", "[1]"),
            ("0,9223372036854775808", "[1]"), ("0,18446744073709551615", "[1]"), ("0,\"4\"", "[1]"),
            ("0,4,4", "[1]"), ("0", "[1]"), ("0,4", "[-1]"), ("0,4", "[1.0]"), ("0,4", "[1e400]"),
            ("0,4", "[01]"),
            ("0,4", "[4294967296,4294967296]"), ("0,4", "[4294967297,4294967297]"),
            ("0,4", "[9223372036854775807,2]"),
            ("0,4", "[4611686018427387905]"),
            ("0,0", "[0,9223372036854775807,9223372036854775807]"),
            ("0,4", "[null]"), ("0,4", "1"), ("0,9223372036854775807", "[2305843009213693951]"),
        ])
    func numbers(range: String, shape: String) {
        #expect(!refusal(file("{\(entry("a", range, shape: shape))}", data: 4)).isEmpty)
    }

    @Test("duplicate names")
    func duplicateNames() {
        let twice = "{\(entry("a", "0,4")),\(entry("a", "4,8"))}"
        #expect(refusal(file(twice, data: 8)).contains("the name “a” a second time"))
        let spelled = "{\(entry("a", "0,4")),\(entry("\\u0061", "4,8"))}"
        #expect(refusal(file(spelled, data: 8)).contains("a second time"))
        let key = #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        #expect(refusal(file(key, data: 4)).contains("a second time"))
        let metadata = #"{"__metadata__":{"x":"1","x":"2"}}"#
        #expect(refusal(file(metadata)).contains("a second time"))
    }

    /// Work that grew with the square of the count would take minutes; how long it takes is in
    /// Documentation/Performance.md.
    @Test("100,000 tensors", .timeLimit(.minutes(1)))
    func manyTensors() throws {
        let count = 100_000
        let header = (0..<count).map { entry("layers.\($0).weight", "\(4 * $0),\(4 * $0 + 4)") }
        let file = try open(file("{\(header.joined(separator: ","))}", data: 4 * count))
        #expect(file.entries.count == count)
        for index in stride(from: 0, to: count, by: 7) {
            #expect(try file.entry("layers.\(index).weight").byteRange.count == 4)
        }
    }

    @Test("JSON nested 10⁵ deep", arguments: ["[", "{\"a\":"])
    func deepJSON(unit: String) throws {
        let text = Array(String(repeating: unit, count: 100_000).utf8)
        #expect(throws: JSONScanner.Fault.self) { try JSONValue(text) }
        #expect(throws: CheckpointError.self) {
            try StrictJSON.decode([String: Int].self, from: text, file: "x.json")
        }
        #expect(throws: TokenizerError.self) { try SavedTokenizer(json: text) }
        #expect(!refusal(file(Array("{\"a\":".utf8) + text)).isEmpty)
        #expect(throws: ChatMessageError.self) { try Conversation.all(inJSON: text) }
    }

    @Test("truncation at every byte of a small file")
    func truncation() throws {
        let whole = file("{\(entry("a", "0,8", shape: "[2]")),\(entry("b", "8,12"))}", data: 12)
        #expect(try open(whole).floats("a") == [0, 0])
        for count in 0..<whole.count { #expect(!refusal(Array(whole.prefix(count))).isEmpty) }
    }
}
