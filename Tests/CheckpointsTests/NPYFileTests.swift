import AttendCheckpoints
import Testing

struct NPYFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ bytes: [UInt8]) throws -> NPYFile {
        try directory.write(bytes, to: "x.npy")
        return try NPYFile(path: directory.path("x.npy"))
    }

    /// An array whose header is this text.
    private func array(_ header: String, data: Int = 0, version: UInt8 = 1) -> [UInt8] {
        let size = header.utf8.count
        let length = (0..<(version == 1 ? 2 : 4)).map {
            UInt8(truncatingIfNeeded: size >> (8 * $0))
        }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    private func refusal(_ bytes: [UInt8]) -> CheckpointError? {
        #expect(throws: CheckpointError.self) { try open(bytes) }
    }

    private func header(
        _ type: String = "'<f4'", _ order: String = "False", _ shape: String = "(2,)"
    )
        -> String
    {
        "{'descr': \(type), 'fortran_order': \(order), 'shape': \(shape), }\n"
    }

    @Test(arguments: 1...3)
    func readsEveryVersion(version: Int) throws {
        let file = try NPYFile(path: fixture("numpy-version-\(version).npy"))
        #expect(file.shape == [2, 3])
        #expect(file.type == .float32)
        #expect(try file.floats() == [0, 1, 2, 3, 4, 5])
    }

    @Test func readsItsOwn() throws {
        let path = directory.path("own.npy")
        try NPYFile.write([1, -2.5, .infinity, 3, 0, 1e-40], shape: [2, 3], to: path)
        let file = try NPYFile(path: path)
        #expect(file.shape == [2, 3])
        #expect(try file.floats() == [1, -2.5, .infinity, 3, 0, 1e-40])
        try NPYFile.write([7], shape: [], to: path)
        #expect(try NPYFile(path: path).shape == [])
        try NPYFile.write([], shape: [3, 0], to: path)
        #expect(try NPYFile(path: path).floats() == [])
        #expect(throws: CheckpointError.self) { try NPYFile.write([1], shape: [2], to: path) }
    }

    @Test func theHeaderIsThatOfNumPy() throws {
        let path = directory.path("own.npy")
        try NPYFile.write([0, 1, 2, 3, 4, 5], shape: [2, 3], to: path)
        #expect(try bytes(path) == bytes(fixture("numpy-version-1.npy")))
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        let file = try InputFile(path: path)
        return try file.bytes(0..<file.size)
    }

    @Test("npy header > 10,000 is refused before it is read")
    func longHeader() throws {
        let padding = String(repeating: " ", count: 10_001)
        #expect(
            refusal(array(header() + padding, data: 8))?.explanation.contains("at most 10000")
                == true)
        let announced = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(refusal(announced)?.explanation.contains("4294967295 bytes") == true)
    }

    @Test("npy object dtype is refused", arguments: ["'|O'", "'O'", "'|O8'"])
    func objects(type: String) throws {
        #expect(
            refusal(array(header(type), data: 16))?.explanation.contains("Python objects") == true)
    }

    @Test("npy big-endian is refused with the way out", arguments: ["'>f4'", "'>i8'"])
    func bigEndian(type: String) throws {
        let error = refusal(array(header(type), data: 16))
        #expect(error?.kind == .unsupported)
        #expect(error?.explanation.contains("astype('<\(type.dropFirst(2).dropLast())')") == true)
    }

    @Test(arguments: [
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<U2', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<V2', 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", "{", "", "[]", "{'descr",
        "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 65)))}",
    ])
    func wrongHeadersAreRefused(header: String) throws {
        let error = refusal(array(header, data: 8))
        #expect(error?.explanation.isEmpty == false)
    }

    @Test func truncationAtEveryByteIsRefused() throws {
        let whole = array(header(), data: 8)
        #expect(try open(whole).floats() == [0, 0])
        for count in 0..<whole.count { _ = refusal(Array(whole.prefix(count))) }
        _ = refusal(whole + [0])
    }

    @Test func aNumberThatFloatCannotHoldIsNamed() throws {
        let bytes = array(header("'<i8'"), data: 8) + [1, 0, 0, 1, 0, 0, 0, 0]
        let error = #expect(throws: CheckpointError.self) { try open(bytes).floats() }
        #expect(error?.explanation.contains("element 1 is 16777217 of <i8") == true)
    }
}
