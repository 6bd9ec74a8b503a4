/// A GGUF file put together byte by byte, right or wrong.
struct GGUFBytes {
    var bytes: [UInt8] = []

    /// The start of a file that announces so many tensors and keys.
    init(version: UInt32 = 3, tensors: UInt64, keys: UInt64) {
        bytes = Array("GGUF".utf8)
        add(version)
        add(tensors)
        add(keys)
    }

    mutating func add(_ word: some FixedWidthInteger) {
        for shift in stride(from: 0, to: type(of: word).bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    /// A key with a value of the type uint32.
    mutating func addKey(_ key: String, type: UInt32 = 4, value: UInt32 = 7) {
        add(key)
        add(type)
        add(value)
    }

    /// A tensor's description: dimensions fastest first, as in the file.
    mutating func addTensor(
        _ name: String, dimensions: [UInt64] = [8], type: UInt32 = 0, offset: UInt64 = 0
    ) {
        add(name)
        add(UInt32(dimensions.count))
        for dimension in dimensions { add(dimension) }
        add(type)
        add(offset)
    }

    /// Zeros up to a multiple of 32, and then as many more.
    mutating func addData(_ count: Int) {
        while bytes.count % 32 != 0 { bytes.append(0) }
        bytes += [UInt8](repeating: 0, count: count)
    }
}
