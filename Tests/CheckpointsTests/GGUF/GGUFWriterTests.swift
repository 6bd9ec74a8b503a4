import AttendCheckpoints
import Testing

struct GGUFWriterTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func item(
        _ name: String, _ shape: [Int] = [2], _ type: GGUFTensorType = .float32
    ) -> GGUFWriter.Item {
        GGUFWriter.Item(
            name: name, shape: shape, type: type,
            elements: [Float](repeating: 1, count: shape.reduce(1, *)))
    }

    private func refusal(
        _ metadata: [(key: String, value: GGUFValue)] = [], _ items: [GGUFWriter.Item] = []
    ) -> String {
        let path = directory.path("refused.gguf")
        let error = #expect(throws: CheckpointError.self) {
            try GGUFWriter.write(metadata: metadata, tensors: items, to: path)
        }
        #expect(FileKind.of(path) == nil)
        return error?.explanation ?? ""
    }

    /// The library's own quantiser made the fixture, so that this is a test of every bit of ours.
    @Test func writesTheBytesOfTheFormatsLibrary() throws {
        let original = try GGUFFile(path: fixture("GGUF/types.gguf"))
        let numbers = try original.floats("F32")
        let items = try original.entries.map { entry in
            GGUFWriter.Item(
                name: entry.name, shape: entry.shape, type: entry.type,
                elements: entry.type == .float32 ? try original.floats(entry.name) : numbers)
        }
        let metadata = try original.metadata.keys.map { key in
            (key: key, value: try #require(try original.metadata.value(key)))
        }
        let path = directory.path("x.gguf")
        try GGUFWriter.write(metadata: metadata, tensors: items, to: path)
        let written = try InputFile(path: path).bytes(atMost: 100_000)
        let expected = try InputFile(path: original.path).bytes(atMost: 100_000)
        #expect(written.count == expected.count)
        let difference = zip(written, expected).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(difference == nil)
    }

    /// More elements than one round of encoding holds, and a number of pieces that is not even.
    @Test(arguments: GGUFTensorType.readable)
    func largeTensorsAreWrittenInRounds(type: GGUFTensorType) throws {
        let count = (1 << 20) + (1 << 15) + 96
        let elements = (0..<count).map { Float($0 % 255 - 127) }
        let path = directory.path("large.gguf")
        let items = [GGUFWriter.Item(name: "a", shape: [count], type: type, elements: elements)]
        try GGUFWriter.write(metadata: [], tensors: items, to: path)
        let read = try GGUFFile(path: path).floats("a")
        let worst = zip(read, elements).map { abs($0 - $1) }.max()
        #expect(worst ?? .nan <= (type == .q4 ? 16 : type == .q8 ? 0.6 : 0))
    }

    @Test func aBlockWithAnElementThatIsNotFiniteIsFoundAgain() throws {
        for type in [GGUFTensorType.q8, .q4] {
            for element in [Float.nan, .infinity, -.infinity] {
                var elements = [Float](repeating: 2, count: 64)
                elements[5] = element
                let path = directory.path("x.gguf")
                let items = [
                    GGUFWriter.Item(name: "a", shape: [64], type: type, elements: elements)
                ]
                try GGUFWriter.write(metadata: [], tensors: items, to: path)
                let read = try GGUFFile(path: path).floats("a")
                #expect(read[..<32].allSatisfy { $0.isNaN })
                #expect(read[32...].allSatisfy { abs($0 - 2) < 0.01 })
            }
        }
    }

    @Test func whatBreaksARuleOfTheFormatIsRefused() {
        #expect(refusal([("", .bool(true))]).contains("ASCII"))
        #expect(refusal([("ä", .bool(true))]).contains("ASCII"))
        #expect(refusal([("a", .bool(true)), ("a", .bool(true))]).contains("given twice"))
        #expect(
            refusal([("general.alignment", .uint32(64))])
                == "general.alignment is given as 64 where 32 is written")
        #expect(refusal([], [item("a"), item("a")]).contains("given twice"))
        #expect(refusal([], [item(String(repeating: "n", count: 64))]).contains("63"))
        #expect(refusal([], [item("a", [1, 1, 1, 1, 2])]).contains("4 dimensions"))
        #expect(
            refusal([], [item("a", [2, 16], .q8)]).contains(
                "cannot be written as Q8_0, in whole blocks of 32"))
        let short = GGUFWriter.Item(name: "a", shape: [3], type: .float32, elements: [1])
        #expect(refusal([], [short]).contains("comes with 1 elements"))
        let never = unsafe GGUFWriter.Item(name: "a", shape: [3], type: .float32) { _ in }
        #expect(refusal([], [never]).contains("comes without elements"))
    }

    @Test func aFileIsReplacedWholeOrNotAtAll() throws {
        let path = directory.path("x.gguf")
        try GGUFWriter.write(metadata: [], tensors: [item("old")], to: path)
        let short = GGUFWriter.Item(name: "a", shape: [3], type: .float32, elements: [1])
        #expect(throws: CheckpointError.self) {
            try GGUFWriter.write(metadata: [], tensors: [short], to: path)
        }
        #expect(try GGUFFile(path: path).tensorNames == ["old"])
        #expect(try DirectoryListing.names(in: path.parentPath) == ["x.gguf"])
    }
}
