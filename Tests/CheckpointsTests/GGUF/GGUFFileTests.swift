import AttendCheckpoints
import Testing

struct GGUFFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ bytes: [UInt8]) throws -> GGUFFile {
        try directory.write(bytes, to: "x.gguf")
        return try GGUFFile(path: directory.path("x.gguf"))
    }

    private func refusal(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: CheckpointError.self) { try open(bytes) }
        return error?.explanation ?? ""
    }

    private func whole(_ name: String) throws -> [UInt8] {
        try InputFile(path: fixture("GGUF/\(name).gguf")).bytes(atMost: 100_000)
    }

    @Test func readsWhatTheFormatsLibraryWrote() throws {
        let file = try GGUFFile(path: fixture("GGUF/types.gguf"))
        #expect(file.version == 3)
        #expect(file.alignment == 32)
        let names = ["F32", "F16", "BF16", "Q8_0", "Q4_0"]
        #expect(file.tensorNames == names + ["Q8_0.values", "Q4_0.values", "scalars"])
        #expect(try names.map { try file.entry($0).type.name } == names)
        #expect(try file.shape(of: "F32") == [9, 64])
        #expect(try file.shape(of: "scalars") == [2, 1, 2, 2])
        #expect(try file.floats("scalars") == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test(arguments: ["Q8_0", "Q4_0"])
    func blocksHaveTheLibrarysValues(name: String) throws {
        let file = try GGUFFile(path: fixture("GGUF/types.gguf"))
        let values = try file.floats("\(name).values")
        #expect(values.contains { $0 != 0 })
        #expect(try file.floats(name).map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test func halvesAreTheNearestOnes() throws {
        let file = try GGUFFile(path: fixture("GGUF/types.gguf"))
        let (exact, halves) = (try file.floats("F32"), try file.floats("F16"))
        let uppers = try file.floats("BF16")
        for index in exact.indices {
            let error = abs(exact[index] - halves[index])
            #expect(
                error <= max(abs(exact[index]) / 2048, 0x1p-25) || halves[index].isInfinite,
                "\(exact[index]) became \(halves[index])")
            #expect(uppers[index].bitPattern & 0xFFFF == 0)
            #expect(abs(exact[index] - uppers[index]) <= abs(exact[index]) / 256)
        }
    }

    /// Slices may begin and end within blocks.
    @Test(arguments: ["F32", "F16", "BF16", "Q8_0", "Q4_0"])
    func slicesAreThoseOfTheWhole(name: String) throws {
        let file = try GGUFFile(path: fixture("GGUF/types.gguf"))
        let all = try file.floats(name)
        for range in [0..<0, 0..<1, 31..<33, 5..<64, 32..<96, 64..<576, 575..<576, 0..<576] {
            var slice = [Float](repeating: .nan, count: range.count)
            try unsafe slice.withUnsafeMutableBufferPointer {
                unsafe try file.readFloats(name, elements: range, into: $0)
            }
            #expect(slice.map(\.bitPattern) == all[range].map(\.bitPattern), "\(range)")
        }
        for range in [-1..<3, 570..<577, 600..<601] {
            var slice = [Float](repeating: 0, count: range.count)
            #expect(throws: CheckpointError.self) {
                try unsafe slice.withUnsafeMutableBufferPointer {
                    unsafe try file.readFloats(name, elements: range, into: $0)
                }
            }
        }
    }

    @Test func aTypeThatIsNotReadIsNamedWithItsTensor() throws {
        let file = try GGUFFile(path: fixture("GGUF/other-types.gguf"))
        #expect(file.alignment == 64)
        #expect(try file.floats("norm") == (0..<16).map(Float.init))
        let error = #expect(throws: CheckpointError.self) {
            try file.floats("blk.0.attn_q.weight")
        }
        #expect(error?.kind == .unsupported)
        #expect(
            error?.explanation
                == "the tensor “blk.0.attn_q.weight” is of type Q4_K where F32, F16, BF16, Q8_0, Q4_0 "
                + "are read; give a file of one of these types")
        #expect(try file.shape(of: "blk.0.attn_q.weight") == [2, 256])
        #expect(throws: CheckpointError.self) { try file.floats("numbers") }
    }

    @Test func aMissingTensorGetsTheNearestName() throws {
        let file = try GGUFFile(path: fixture("GGUF/other-types.gguf"))
        let error = #expect(throws: CheckpointError.self) { try file.floats("nrom") }
        #expect(error?.explanation == "has no tensor “nrom”; the nearest name is “norm”")
    }

    @Test("SAFETY Files: truncation at every byte of a small GGUF file")
    func aFileCutAtAnyByteIsRefused() throws {
        let bytes = try whole("other-types")
        for count in bytes.indices {
            #expect(throws: CheckpointError.self, "cut at \(count)") {
                try open(Array(bytes[..<count]))
            }
        }
        #expect(refusal(bytes + [0]).contains("has 705 bytes where its header describes 704"))
    }

    @Test func aFileWithAnyByteChangedNeverTraps() throws {
        let bytes = try whole("other-types")
        for index in bytes.indices {
            for change: UInt8 in [1, 0x80, 0xFF] {
                var changed = bytes
                changed[index] ^= change
                guard let file = try? open(changed) else { continue }
                for name in file.tensorNames { _ = try? file.floats(name) }
                for key in file.metadata.keys { _ = try? file.metadata.value(key) }
            }
        }
    }

    @Test("SAFETY Files: GGUF bad magic", arguments: ["GGUX", "ggml", "{\"a\"", ""])
    func badMagic(magic: String) {
        var file = GGUFBytes(tensors: 0, keys: 0)
        file.bytes.replaceSubrange(0..<4, with: Array(magic.utf8))
        #expect(refusal(file.bytes).contains("does not begin with “GGUF”"))
    }

    @Test("SAFETY Files: GGUF bad version", arguments: [0, 1, 4, UInt32.max])
    func badVersion(version: UInt32) {
        #expect(
            refusal(GGUFBytes(version: version, tensors: 0, keys: 0).bytes)
                == "has version \(version) of the format where 2 and 3 are read; convert it")
    }

    @Test func aFileOfTheOtherByteOrderIsNamed() {
        #expect(
            refusal(GGUFBytes(version: 3 << 24, tensors: 0, keys: 0).bytes).contains(
                "other order of bytes"))
    }

    @Test func versionTwoIsReadToo() throws {
        #expect(try open(GGUFBytes(version: 2, tensors: 0, keys: 0).bytes).version == 2)
    }

    @Test(
        "SAFETY Files: GGUF counts −1 and beyond the file",
        arguments: [UInt64.max, 1 << 63, 1 << 62, 3])
    func counts(count: UInt64) {
        let shown = "\(Int64(bitPattern: count))"
        #expect(
            refusal(GGUFBytes(tensors: count, keys: 0).bytes).contains("announces \(shown) tensors")
        )
        #expect(
            refusal(GGUFBytes(tensors: 0, keys: count).bytes).contains("announces \(shown) keys"))
        var key = GGUFBytes(tensors: 0, keys: 1)
        key.add(count)
        key.bytes += "a\u{4}\0\0\0\0".utf8
        // Three bytes are there, but are no key.
        #expect(refusal(key.bytes).contains(count == 3 ? "has the key" : "announces"))
        for element: UInt32 in [0, 4, 8, 9, 12] {
            var array = GGUFBytes(tensors: 0, keys: 1)
            array.add("list")
            array.add(9 as UInt32)
            array.add(element)
            array.add(count)
            array.add(0 as UInt8)
            #expect(refusal(array.bytes).contains("announces \(shown) values of “list”"))
        }
        var string = GGUFBytes(tensors: 0, keys: 1)
        string.add("text")
        string.add(8 as UInt32)
        string.add(count)
        #expect(refusal(string.bytes).contains("announces \(shown) bytes of the value of “text”"))
    }

    @Test("SAFETY Files: GGUF unknown type of value", arguments: [13, 99, UInt32.max])
    func unknownValueType(type: UInt32) {
        var file = GGUFBytes(tensors: 0, keys: 1)
        file.addKey("a", type: type)
        #expect(
            refusal(file.bytes).contains(
                "gives the key “a” the type \(type) where one from 0 to 12 is needed"))
        var array = GGUFBytes(tensors: 0, keys: 1)
        array.add("a")
        array.add(9 as UInt32)
        array.add(type)
        array.add(0 as UInt64)
        #expect(refusal(array.bytes).contains("the type \(type)"))
    }

    @Test("SAFETY Files: GGUF unknown type of tensor", arguments: [4, 5, 99, UInt32.max])
    func unknownTensorType(type: UInt32) {
        var file = GGUFBytes(tensors: 1, keys: 0)
        file.addTensor("a", type: type)
        file.addData(32)
        #expect(
            refusal(file.bytes).contains("gives the tensor “a” the type \(type), which is unknown"))
    }

    @Test("SAFETY Files: GGUF duplicate key")
    func duplicateKey() {
        var file = GGUFBytes(tensors: 0, keys: 2)
        file.addKey("general.name")
        file.addKey("general.name")
        #expect(refusal(file.bytes).contains("has the key “general.name” a second time"))
    }

    @Test func aDuplicateTensorIsRefused() {
        var file = GGUFBytes(tensors: 2, keys: 0)
        file.addTensor("a")
        file.addTensor("a", offset: 32)
        file.addData(64)
        #expect(refusal(file.bytes).contains("has the tensor “a” a second time"))
    }

    @Test(
        "SAFETY Files: GGUF alignment not a power of two", arguments: [0, 3, 33, 48, UInt32.max])
    func badAlignment(alignment: UInt32) {
        var file = GGUFBytes(tensors: 0, keys: 1)
        file.addKey("general.alignment", value: alignment)
        #expect(
            refusal(file.bytes).contains(
                "gives general.alignment as \(alignment) where a power of two is needed"))
    }

    @Test func anAlignmentOfAnotherTypeOrBeyondTheFileIsRefused() {
        var file = GGUFBytes(tensors: 0, keys: 1)
        file.addKey("general.alignment", type: 5, value: 32)
        #expect(refusal(file.bytes).contains("the type int32 where uint32 is needed"))
        var huge = GGUFBytes(tensors: 1, keys: 1)
        huge.addKey("general.alignment", value: 1 << 31)
        huge.addTensor("a")
        huge.addData(64)
        #expect(refusal(huge.bytes).contains("too few for the tensor “a”"))
    }

    @Test func anyPowerOfTwoIsAnAlignment() throws {
        for shift in 0..<8 {
            var file = GGUFBytes(tensors: 2, keys: 1)
            file.addKey("general.alignment", value: 1 << UInt32(shift))
            file.addTensor("a", dimensions: [3])
            let alignment = 1 << shift
            file.addTensor("b", dimensions: [1], offset: UInt64((12 + alignment - 1) & -alignment))
            while file.bytes.count % alignment != 0 { file.bytes.append(0) }
            file.bytes += [UInt8](repeating: 0, count: (12 + alignment - 1) & -alignment)
            file.add((2.5 as Float).bitPattern)
            #expect(try open(file.bytes).floats("b") == [2.5])
        }
    }

    @Test(arguments: ["", "größe", "a\u{0}b", "tab\there", "\u{7F}"])
    func aKeyThatIsNotOfASCIILettersIsRefused(key: String) {
        var file = GGUFBytes(tensors: 0, keys: 1)
        file.addKey(key)
        #expect(refusal(file.bytes).contains("where one of ASCII letters is needed"))
    }

    @Test func aKeyOrNameThatIsTooLongIsRefused() throws {
        for (count, fits) in [(65_535, true), (65_536, false)] {
            var file = GGUFBytes(tensors: 0, keys: 1)
            file.addKey(String(repeating: "k", count: count))
            if fits {
                _ = try open(file.bytes)
            } else {
                #expect(refusal(file.bytes).contains("65536"))
            }
        }
        for (count, fits) in [(63, true), (64, false)] {
            var file = GGUFBytes(tensors: 1, keys: 0)
            file.addTensor(String(repeating: "n", count: count))
            file.addData(32)
            if fits {
                _ = try open(file.bytes)
            } else {
                #expect(refusal(file.bytes).contains("64"))
            }
        }
        var invalid = GGUFBytes(tensors: 1, keys: 0)
        invalid.addTensor("xyz")
        invalid.bytes[32] = 0xFF
        invalid.addData(32)
        #expect(refusal(invalid.bytes).contains("not valid UTF-8"))
    }

    @Test(arguments: [
        [UInt64.max], [1 << 63], [1 << 62, 2], [1 << 32, 1 << 32], [8, UInt64.max],
        [0, UInt64.max],
        [1 << 40, 1 << 40, 1 << 40, 1 << 40],
    ])
    func impossibleShapesAreRefused(dimensions: [UInt64]) {
        var file = GGUFBytes(tensors: 1, keys: 0)
        file.addTensor("a", dimensions: dimensions)
        file.addData(32)
        #expect(refusal(file.bytes).contains("beyond any file"))
    }

    @Test func shapesOfTooManyDimensionsOrBrokenBlocksAreRefused() {
        var five = GGUFBytes(tensors: 1, keys: 0)
        five.addTensor("a", dimensions: [1, 1, 1, 1, 8])
        five.addData(32)
        #expect(refusal(five.bytes).contains("5 dimensions where at most 4 are permitted"))
        var broken = GGUFBytes(tensors: 1, keys: 0)
        broken.addTensor("a", dimensions: [16, 2], type: 8)
        broken.addData(64)
        #expect(refusal(broken.bytes).contains("not in whole blocks of 32"))
        var deep = GGUFBytes(tensors: 0, keys: 1)
        deep.add("a")
        deep.add(9 as UInt32)
        for _ in 0..<10_000 {
            deep.add(9 as UInt32)
            deep.add(1 as UInt64)
        }
        #expect(refusal(deep.bytes).contains("nested more than 4 deep"))
    }

    @Test(arguments: [16, 31, 33, 64, UInt64.max, 1 << 63])
    func aTensorThatOverlapsOrLeavesAHoleIsRefused(offset: UInt64) {
        var file = GGUFBytes(tensors: 2, keys: 0)
        file.addTensor("a")
        file.addTensor("b", offset: offset)
        file.addData(128)
        #expect(refusal(file.bytes).contains("tensor “b”"))
    }

    @Test func scalarsAndEmptyTensorsAreValid() throws {
        var file = GGUFBytes(tensors: 3, keys: 0)
        file.addTensor("scalar", dimensions: [])
        file.addTensor("empty", dimensions: [0, 5], offset: 32)
        file.addTensor("row", dimensions: [2], offset: 32)
        file.addData(40)
        let opened = try open(file.bytes)
        #expect(try opened.floats("scalar") == [0])
        #expect(try opened.floats("empty") == [])
        #expect(try opened.shape(of: "empty") == [5, 0])
    }

    @Test("SAFETY Files: a GGUF file of 100,000 tensors opens in less than a second")
    func manyTensors() throws {
        var file = GGUFBytes(tensors: 100_000, keys: 0)
        for index in 0..<100_000 {
            file.addTensor("blk.\(index)", dimensions: [1], offset: UInt64(32 * index))
        }
        file.addData(3_200_000)
        let bytes = file.bytes
        let start = ContinuousClock.now
        let opened = try open(bytes)
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(opened.entries.count == 100_000)
    }
}
