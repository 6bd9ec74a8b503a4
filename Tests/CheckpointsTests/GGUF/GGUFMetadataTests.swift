import AttendCheckpoints
import Testing

struct GGUFMetadataTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func metadata(_ values: [(String, GGUFValue)]) throws -> GGUFMetadata {
        let path = directory.path("x.gguf")
        try GGUFWriter.write(metadata: values.map { (key: $0, value: $1) }, tensors: [], to: path)
        return try GGUFFile(path: path).metadata
    }

    @Test func readsValuesOfAllTypes() throws {
        let metadata = try GGUFFile(path: fixture("GGUF/types.gguf")).metadata
        #expect(try metadata.value("general.architecture") == .text("example"))
        #expect(try metadata.value("one.uint8") == .uint8(127))
        #expect(try metadata.value("one.int8") == .int8(127))
        #expect(try metadata.value("one.uint16") == .uint16(127))
        #expect(try metadata.value("one.int16") == .int16(127))
        #expect(try metadata.value("one.uint32") == .uint32(127))
        #expect(try metadata.value("one.int32") == .int32(127))
        #expect(try metadata.value("one.uint64") == .uint64(127))
        #expect(try metadata.value("one.int64") == .int64(127))
        #expect(try metadata.value("one.float32") == .float32(-0.1))
        #expect(try metadata.value("one.float64") == .float64(-0.1))
        #expect(try metadata.value("one.bool") == .bool(true))
        #expect(try metadata.value("one.string") == .text("Grüße, 世界 👩‍🚀"))
        #expect(try metadata.value("absent") == nil)
    }

    @Test func readsArraysOfAllTypes() throws {
        let metadata = try GGUFFile(path: fixture("GGUF/types.gguf")).metadata
        #expect(try metadata.value("many.uint8") == .array(.uint8([0, 1, .max])))
        #expect(try metadata.value("many.int8") == .array(.int8([.min, 1, .max])))
        #expect(try metadata.value("many.uint16") == .array(.uint16([0, 1, .max])))
        #expect(try metadata.value("many.int16") == .array(.int16([.min, 1, .max])))
        #expect(try metadata.value("many.uint32") == .array(.uint32([0, 1, .max])))
        #expect(try metadata.value("many.int32") == .array(.int32([.min, 1, .max])))
        #expect(try metadata.value("many.uint64") == .array(.uint64([0, 1, .max])))
        #expect(try metadata.value("many.int64") == .array(.int64([.min, 1, .max])))
        #expect(try metadata.value("many.float32") == .array(.float32([0.5, -1e-30, .infinity])))
        #expect(try metadata.value("many.float64") == .array(.float64([0.5, -1e-300, .infinity])))
        #expect(try metadata.value("many.bool") == .array(.bool([true, false, true])))
        let texts = ByteStrings(["", "a", "ä"].map { Array($0.utf8) })
        #expect(try metadata.value("many.string") == .array(.string(texts)))
        #expect(texts.map { String(decoding: $0, as: UTF8.self) } == ["", "a", "ä"])
    }

    @Test func arraysOfArraysAreReadAsWritten() throws {
        let value = GGUFValue.array(
            .array([.array([.uint8([1, 2]), .uint8([])]), .array([.string(ByteStrings())])]))
        #expect(try metadata([("nested", value)]).value("nested") == value)
    }

    @Test func numbersAreTakenFromAnyTypeThatHoldsThem() throws {
        let metadata = try metadata([
            ("a", .uint8(3)), ("b", .int64(-1)), ("c", .uint64(.max)), ("d", .float64(0.5)),
            ("e", .array(.uint32([1, 2]))), ("f", .array(.uint64([.max]))), ("g", .float32(.nan)),
        ])
        #expect(try metadata.integer("a") == 3)
        #expect(try metadata.integer("b", in: -1...1) == -1)
        #expect(try metadata.fraction("d") == 0.5)
        #expect(try metadata.integers("e") == [1, 2])
        #expect(try metadata.integer("absent") == nil)
        let error = #expect(throws: CheckpointError.self) { try metadata.integer("b") }
        #expect(
            error?.explanation
                == "gives “b” in its metadata as -1 of type int64 where a whole number from 0 to "
                + "2147483647 is needed; convert the model anew")
        #expect(throws: CheckpointError.self) { try metadata.integer("c") }
        #expect(throws: CheckpointError.self) { try metadata.integer("d") }
        #expect(throws: CheckpointError.self) { try metadata.integers("f") }
        #expect(throws: CheckpointError.self) { try metadata.fraction("g") }
        #expect(throws: CheckpointError.self) { try metadata.fraction("a") }
        #expect(throws: CheckpointError.self) { try metadata.strings("e") }
        #expect(throws: CheckpointError.self) { try metadata.fractions("e") }
        #expect(throws: CheckpointError.self) { try metadata.bool("a") }
    }

    @Test func aTextThatIsNotUTF8AndABoolThatIsNeitherAreRefused() throws {
        let text = try metadata([("a", .string([0xFF, 0xFE]))])
        #expect(try text.value("a") == .string([0xFF, 0xFE]))
        #expect(throws: CheckpointError.self) { try text.text("a") }
        var file = GGUFBytes(tensors: 0, keys: 2)
        for key in ["a", "b"] {
            file.add(key)
            file.add(7 as UInt32)
            file.add((key == "a" ? 2 : 1) as UInt8)
        }
        try directory.write(file.bytes, to: "bool.gguf")
        let bools = try GGUFFile(path: directory.path("bool.gguf")).metadata
        #expect(try bools.bool("b") == true)
        let error = #expect(throws: CheckpointError.self) { try bools.bool("a") }
        #expect(error?.explanation.contains("gives “a” as 2 where 0 for false or 1") == true)
    }

    @Test func aMissingKeyGetsTheNearestOne() throws {
        let metadata = try metadata([("llama.block_count", .uint32(1))])
        #expect(
            metadata.missing("lama.block_count").explanation
                == "has no value for “lama.block_count” in its metadata; the nearest key is "
                + "“llama.block_count”")
    }
}
