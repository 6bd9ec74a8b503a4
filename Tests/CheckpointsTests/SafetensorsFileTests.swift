import AttendCheckpoints
import Testing

struct SafetensorsFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
        try directory.write(bytes, to: "x.safetensors")
        return try SafetensorsFile(path: directory.path("x.safetensors"))
    }

    private func open(header: String, data: Int) throws -> SafetensorsFile {
        try open(
            length(header.utf8.count) + Array(header.utf8) + [UInt8](repeating: 0, count: data))
    }

    private func length(_ count: some FixedWidthInteger) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: UInt64(count) >> (8 * $0)) }
    }

    private func refusal(header: String, data: Int) -> String {
        let error = #expect(throws: CheckpointError.self) { try open(header: header, data: data) }
        return error?.explanation ?? ""
    }

    @Test func readsWhatTheFormatsLibraryWrote() throws {
        let file = try SafetensorsFile(path: fixture("floats.safetensors"))
        #expect(file.metadata == ["format": "pt"])
        #expect(try file.entry("layer.weight").shape == [2, 3])
        #expect(try file.floats("layer.weight") == [1, -2.5, 3.25, 0, .infinity, 1e-38])
        #expect(try file.floats("layer.bias") == [0.5, -0.5])
        #expect(try file.entry("embedding").type == .bfloat16)
        #expect(try file.floats("embedding") == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(try file.entry("scalar").shape == [])
        #expect(try file.floats("scalar") == [7])
        #expect(try file.entry("empty").shape == [0, 3])
        #expect(try file.floats("empty") == [])
        #expect(try file.floats("quo\"te\n\u{E9}") == [1])
    }

    @Test(arguments: ["U8", "I8", "I16", "U16", "I32", "U32", "I64", "U64"])
    func readsWholeNumbers(type: String) throws {
        let file = try SafetensorsFile(path: fixture("types.safetensors"))
        #expect(try file.entry(type).type.rawValue == type)
        #expect(try file.floats(type) == [0, 1, 2, 100, 127])
    }

    @Test func readsTheOtherTypes() throws {
        let file = try SafetensorsFile(path: fixture("types.safetensors"))
        #expect(try file.floats("BOOL") == [0, 1, 1, 0, 1])
        #expect(try file.floats("F16") == [0, -1.5, 65504, 5.9604645e-08, .infinity])
        #expect(try file.floats("BF16") == [0, -1.5, 3.0040553e+38, 9.18355e-41, -.infinity])
        #expect(try file.floats("F64") == [0, -1.5, 0.1, 0, .infinity])
    }

    @Test func refusesElementsThatFloatCannotHold() throws {
        let header = #"{"a":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}"#
        let big = length(header.utf8.count) + Array(header.utf8) + length(5) + length(16_777_217)
        let error = #expect(throws: CheckpointError.self) { try open(big).floats("a") }
        #expect(error?.kind == .unsupported)
        #expect(
            error?.explanation.contains("element 1 of the tensor “a” is 16777217 of I64") == true)

        let double = header.replacing("I64", with: "F64")
        let huge =
            length(double.utf8.count) + Array(double.utf8) + length(0)
            + length((1e300 as Double).bitPattern)
        #expect(throws: CheckpointError.self) { try open(huge).floats("a") }
    }

    @Test func aMissingTensorGetsTheNearestName() throws {
        let file = try SafetensorsFile(path: fixture("floats.safetensors"))
        let error = #expect(throws: CheckpointError.self) { try file.floats("layer.wieght") }
        #expect(error?.kind == .missing)
        #expect(
            error?.explanation == "has no tensor “layer.wieght”; the nearest name is “layer.weight”"
        )
        #expect(throws: CheckpointError.self) { try file.floats("something else") }
    }

    @Test func memoryOfAnotherSizeIsRefused() throws {
        let file = try SafetensorsFile(path: fixture("floats.safetensors"))
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3)
        defer { unsafe memory.deallocate() }
        #expect(throws: CheckpointError.self) {
            unsafe try file.readFloats("layer.bias", into: memory)
        }
    }

    @Test(arguments: ["floats.safetensors", "types.safetensors"])
    func aFileCutAtAnyByteIsRefused(name: String) throws {
        let whole = try InputFile(path: fixture(name)).bytes(atMost: 10_000)
        for count in whole.indices {
            #expect(throws: CheckpointError.self) { try open(Array(whole[..<count])) }
        }
        #expect(throws: CheckpointError.self) { try open(whole + [0]) }
    }

    @Test func aFileWithAnyByteChangedNeverTraps() throws {
        let whole = try InputFile(path: fixture("types.safetensors")).bytes(atMost: 10_000)
        for index in whole.indices {
            for change: UInt8 in [1, 0x80, 0xFF] {
                var bytes = whole
                bytes[index] ^= change
                guard let file = try? open(bytes) else { continue }
                for entry in file.entries { _ = try? file.floats(entry.name) }
            }
        }
    }

    @Test(arguments: [100_000_001, 200, UInt64.max, UInt64.max - 7, 1 << 63])
    func aHeaderLongerThanTheFileIsRefused(size: UInt64) throws {
        #expect(throws: CheckpointError.self) { try open(length(size) + Array("{}".utf8)) }
    }

    @Test(
        arguments: [
            ("", "does not begin with “{”"),
            (" {}", "does not begin with “{”"),
            ("[]", "does not begin with “{”"),
            ("{", "the text ends where a string is needed"),
            ("{} x", "where the end is needed"),
            ("{,}", "where a string is needed"),
            (#"{"a":1}"#, "where “{” is needed"),
            (#"{"a":{}}"#, "where a string is needed"),
            (#"{"a":{"dtype":"F32"}}"#, "without a type, a shape and two ascending offsets"),
            (
                #"{"a":{"dtype":"F33","shape":[],"data_offsets":[0,4]}}"#,
                "the type “F33” where one of BOOL"
            ),
            (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}"#, "the key “x”"),
            (#"{"a":{"dtype":"F32","shape":[],"shape":[],"data_offsets":[0,4]}}"#, "a second time"),
            (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[4,0]}}"#, "ascending offsets"),
            (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0]}}"#, "two ascending offsets"),
            (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4,8]}}"#, "two ascending offsets"),
            (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "has “-1]"),
            (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "has “1.0]"),
            (#"{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}"#, "has “1e400]"),
            (
                #"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,1e400]}}"#,
                "where a whole number from 0"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,04]}}"#,
                "where a whole number from 0"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}"#,
                "where a whole number from 0 to 9223372036854775807 is needed"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
                "do not fit “[4294967296, 4294967296]” of F32"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}"#,
                "do not fit"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#,
                "do not fit"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
                "has 4 bytes, which do not fit"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
                "begins at byte 4 of the data"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                    + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
                "the tensor “b” begins at byte 0 of the data where the one before it ends at 4"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                    + #""a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
                "has the name “a” a second time"
            ),
            (#"{"__metadata__":{"a":"b","a":"c"}}"#, "has the key “a” a second time"),
            (#"{"__metadata__":{"a":1}}"#, "where a string is needed"),
            (
                #"{"a\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
                "half of a surrogate pair"
            ),
            (
                #"{"a\x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
                "where a known escape is needed"
            ),
            ("{\"a\n\":{}}", "where an escaped control character is needed"),
            (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}"#, "do not fit"),
            (
                #"{"a":{"dtype":"U8","shape":[9223372036854775807],"#
                    + #""data_offsets":[0,9223372036854775807]}}"#,
                "ends beyond any file"
            ),
            ("{}", "has 14 bytes where its header describes 10"),
        ] as [(String, String)])
    func aBrokenHeaderIsRefused(header: String, words: String) {
        let sentence = refusal(header: header, data: 4)
        #expect(sentence.contains(words), "\(sentence)")
    }

    @Test func escapesAreResolved() throws {
        let header =
            #"{"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00":{"dtype":"F32","shape":[],"data_offsets":[0,4]}} "#
        let file = try open(header: header, data: 4)
        #expect(file.entries.map(\.name) == ["\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}"])
    }

    @Test func aHeaderThatIsNotUTF8IsRefused() {
        let header = Array("{\"".utf8) + [0xFF] + Array("\":{}}".utf8)
        let error = #expect(throws: CheckpointError.self) {
            try open(length(header.count) + header)
        }
        #expect(error?.explanation.contains("not valid UTF-8") == true)
    }

    @Test(.timeLimit(.minutes(1))) func deepNestingIsRefusedAtOnce() {
        let nested = String(repeating: "[", count: 100_000)
        #expect(refusal(header: "{\"a\":\(nested)", data: 0).contains("where “{” is needed"))
        let shape = "{\"a\":{\"shape\":\(nested)"
        #expect(refusal(header: shape, data: 0).contains("where a whole number"))
    }

    @Test(.timeLimit(.minutes(1))) func aHundredThousandTensorsAreReadAndWritten() throws {
        let items = (0..<100_000).map {
            SafetensorsWriter.Item(name: "layer.\($0).weight", shape: [1], elements: [Float($0)])
        }
        let path = directory.path("many.safetensors")
        try SafetensorsWriter.write(items, to: path)
        let clock = ContinuousClock()
        var file: SafetensorsFile?
        let time = try clock.measure { file = try SafetensorsFile(path: path) }
        print("100,000 tensors: header read in \(time)")
        #expect(try file?.floats("layer.99999.weight") == [99_999])
    }

    @Test func whatIsNoRegularFileIsRefused() throws {
        let missing = #expect(throws: CheckpointError.self) {
            try SafetensorsFile(path: directory.path("none"))
        }
        #expect(missing?.kind == .missing)
        #expect(
            missing?.description.hasSuffix("No such file or directory; check the path.") == true)
        let folder = #expect(throws: CheckpointError.self) {
            try SafetensorsFile(path: directory.path)
        }
        #expect(folder?.explanation == "is a directory where a file is needed")
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: "/dev/zero") }
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: "") }
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: "a\0b") }
    }
}
