import AttendCheckpoints
import Testing

struct SafetensorsWriterTests {
    typealias Item = SafetensorsWriter.Item

    private let directory: TemporaryDirectory
    private let items = [
        Item(name: "scalar", shape: [], elements: [7]),
        Item(
            name: "embedding", shape: [4, 2], precision: .bfloat16,
            elements: [0, 1, 2, 3, 4, 5, 6, 7]),
        Item(
            name: "layer.weight", shape: [2, 3], elements: [1, -2.5, 3.25, 0, .infinity, 1e-38]),
        Item(name: "layer.bias", shape: [2], elements: [0.5, -0.5]),
        Item(name: "quo\"te\n\u{E9}", shape: [1], elements: [1]),
        Item(name: "empty", shape: [0, 3], elements: []),
    ]

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func writesTheBytesOfTheFormatsLibrary() throws {
        let path = directory.path("ours.safetensors")
        let fingerprint = try SafetensorsWriter.write(items, metadata: ["format": "pt"], to: path)
        #expect(try fingerprint == FileFingerprint(ofFile: fixture("floats.safetensors")))
        #expect(try fingerprint == FileFingerprint(ofFile: path))
        #expect(try directory.names() == ["ours.safetensors"])
    }

    @Test func theOrderOfTheTensorsDoesNotMatter() throws {
        let first = try SafetensorsWriter.write(items, to: directory.path("a"))
        let second = try SafetensorsWriter.write(items.reversed(), to: directory.path("b"))
        #expect(first == second)
    }

    @Test func everyBitOfAFloatSurvives() throws {
        let values =
            [.nan, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi]
            as [Float]
        let path = directory.path("bits")
        try SafetensorsWriter.write([Item(name: "x", shape: [6], elements: values)], to: path)
        let read = try SafetensorsFile(path: path).floats("x")
        #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test func largeTensorsOfBothPrecisionsAreWrittenInPieces() throws {
        let values = (0..<100_003).map { Float($0) * 0.25 }
        let path = directory.path("large")
        try SafetensorsWriter.write(
            [
                Item(name: "f", shape: [100_003], elements: values),
                Item(name: "b", shape: [1, 100_003], precision: .bfloat16, elements: values),
            ], to: path)
        let file = try SafetensorsFile(path: path)
        #expect(try file.floats("f") == values)
        #expect(
            try file.floats("b") == values.map { Float(bfloat16Bits: $0.bfloat16Bits) })
    }

    @Test func noTensorsMakeAValidFile() throws {
        try SafetensorsWriter.write([], to: directory.path("none"))
        #expect(try SafetensorsFile(path: directory.path("none")).entries.isEmpty)
    }

    @Test(
        arguments: unsafe [
            ([Item(name: "a", shape: [2], elements: [1])], "comes with 1 elements"),
            ([Item(name: "a", shape: [-1], elements: [1])], "negative or beyond any file"),
            ([Item(name: "a", shape: [.max, 2], elements: [1])], "negative or beyond any file"),
            ([Item(name: "a", shape: [.max], elements: [1])], "negative or beyond any file"),
            ([Item(name: "__metadata__", shape: [], elements: [1])], "reserved or given twice"),
            (
                [
                    Item(name: "a", shape: [], elements: [1]),
                    Item(name: "a", shape: [], elements: [1]),
                ],
                "reserved or given twice"
            ),
            ([Item(name: "a", shape: [0], withElements: { _ in })], "comes without elements"),
        ])
    func whatCannotBeWrittenIsRefusedAndLeavesNothing(items: [Item], words: String) throws {
        try directory.write("before", to: "file")
        let error = #expect(throws: CheckpointError.self) {
            try SafetensorsWriter.write(items, to: directory.path("file"))
        }
        #expect(error?.explanation.contains(words) == true, "\(error?.explanation ?? "")")
        #expect(try directory.names() == ["file"])
        #expect(try directory.read("file") == Array("before".utf8))
    }
}
