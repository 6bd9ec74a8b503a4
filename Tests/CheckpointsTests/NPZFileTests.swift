import AttendCheckpoints
import Testing

struct NPZFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        let file = try InputFile(path: path)
        return try file.bytes(0..<file.size)
    }

    private func open(_ bytes: [UInt8]) throws -> NPZFile {
        try directory.write(bytes, to: "x.npz")
        return try NPZFile(path: directory.path("x.npz"))
    }

    @Test(arguments: [
        "<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8",
    ])
    func readsWhatNumPyWrote(type: String) throws {
        let array = try NPZFile(path: fixture("numpy-arrays.npz")).array(type)
        #expect(array.shape == [2, 3])
        #expect(try array.floats() == [0, 1, 2, 100, 127, 3])
    }

    @Test func readsTheOtherArrays() throws {
        let file = try NPZFile(path: fixture("numpy-arrays.npz"))
        #expect(file.names.count == 17)
        #expect(try file.array("|b1").floats() == [1, 0, 1, 0, 0, 1])
        #expect(try file.array("fortran").shape == [2, 3, 4])
        #expect(try file.array("fortran").floats() == (0..<24).map(Float.init))
        #expect(try file.array("scalar").shape == [])
        #expect(try file.array("scalar").floats() == [7.5])
        #expect(try file.array("empty").shape == [0, 3])
        #expect(try file.array("é/weird name").floats() == [-1, .infinity])
        let error = #expect(throws: CheckpointError.self) { try file.array("scalr") }
        #expect(error?.explanation.contains("“scalar”") == true)
    }

    @Test func compressedArraysAreRefused() throws {
        let error = #expect(throws: CheckpointError.self) {
            try NPZFile(path: fixture("numpy-compressed.npz"))
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.explanation.contains("savez_compressed") == true)
    }

    private func tensor(_ name: String, _ shape: [Int]) -> OutgoingTensor {
        let elements = (0..<shape.reduce(1, *)).map { Float($0) / 4 }
        return unsafe OutgoingTensor(name: name, shape: shape) { body in
            unsafe try elements.withUnsafeBufferPointer { unsafe try body($0) }
        }
    }

    @Test(arguments: [SafetensorsWriter.Precision.float32, .float16])
    func readsItsOwn(precision: SafetensorsWriter.Precision) throws {
        let path = directory.path("own.npz")
        let tensors = [tensor("a.weight", [3, 5]), tensor("é", []), tensor("none", [0, 2])]
        try NPZWriter.write(tensors, precision: precision, to: path)
        let file = try NPZFile(path: path)
        #expect(file.names == ["a.weight", "é", "none"])
        #expect(try file.array("a.weight").shape == [3, 5])
        #expect(try file.array("a.weight").type == precision.type)
        #expect(try file.array("a.weight").floats() == (0..<15).map { Float($0) / 4 })
        #expect(try file.array("é").floats() == [0])
        #expect(try file.array("none").shape == [0, 2])
        #expect(throws: CheckpointError.self) {
            try NPZWriter.write(tensors + [tensor("é", [])], precision: precision, to: path)
        }
        #expect(throws: CheckpointError.self) {
            try NPZWriter.write(tensors, precision: .bfloat16, to: path)
        }
    }

    @Test func aFlippedBitInTheElementsIsFound() throws {
        let path = directory.path("own.npz")
        try NPZWriter.write([tensor("a", [8])], precision: .float32, to: path)
        let whole = try bytes(path)
        let elements = 30 + "a.npy".utf8.count + 128
        for place in elements..<elements + 32 {
            var damaged = whole
            damaged[place] ^= 1
            let error = #expect(throws: CheckpointError.self) { try open(damaged).array("a") }
            #expect(error?.kind == .damaged)
        }
    }

    @Test func truncationAtEveryByteIsRefused() throws {
        let path = directory.path("own.npz")
        try NPZWriter.write([tensor("a", [2]), tensor("b", [])], precision: .float32, to: path)
        let whole = try bytes(path)
        for count in 0..<whole.count {
            #expect(throws: CheckpointError.self) { try open(Array(whole.prefix(count))) }
        }
        // A comment at the end is allowed where its length is announced, and only there.
        #expect(throws: CheckpointError.self) { try open(whole + [0]) }
        var commented = whole + Array("note".utf8)
        commented[whole.count - 2] = 4
        #expect(try open(commented).names == ["a", "b"])
    }
}
