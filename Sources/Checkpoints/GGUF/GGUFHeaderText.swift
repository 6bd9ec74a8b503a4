internal import AttendText

/// The bytes that stand before the tensors of a GGUF file.
struct GGUFHeaderText {
    /// The header, padded to where the first tensor begins.
    private(set) var bytes: [UInt8] = []
    /// The size of each tensor in bytes, without padding.
    private(set) var sizes: [Int] = []

    /// - Parameter path: the file, for the errors.
    init(
        metadata: [(key: String, value: GGUFValue)], items: [GGUFWriter.Item], path: String
    ) throws(CheckpointError) {
        bytes += "GGUF".utf8
        append(3 as UInt32)
        append(UInt64(items.count))
        append(UInt64(metadata.count))
        var keys: Set<String> = []
        for (key, value) in metadata {
            let isValid =
                !key.isEmpty && key.utf8.count <= GGUFHeader.longestKey
                && key.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            guard isValid, keys.insert(key).inserted else {
                throw CheckpointError(
                    .refused, path: path,
                    "the key \(key.quoted) is not of ASCII letters or given twice; give each its own"
                )
            }
            guard key != "general.alignment" || value == .uint32(UInt32(GGUFWriter.alignment))
            else {
                throw CheckpointError(
                    .refused, path: path,
                    "general.alignment is given as \(value.summary) where \(GGUFWriter.alignment) is written"
                )
            }
            append(key.utf8)
            append(value.type.rawValue)
            append(value)
        }
        var names: Set<String> = []
        var offset = 0
        for item in items {
            let isValid =
                item.name.utf8.count <= GGUFHeader.longestName
                && item.shape.count <= GGUFHeader.mostDimensions
            guard isValid, names.insert(item.name).inserted else {
                throw CheckpointError(
                    .refused, path: path,
                    "the tensor name \(item.name.quoted) is given twice or has more than \(GGUFHeader.longestName) "
                        + "bytes, or its shape more than \(GGUFHeader.mostDimensions) dimensions")
            }
            let elements = ElementType.elementCount(of: item.shape)
            let fillsBlocks = (item.shape.last ?? 1) % item.type.blockWidth == 0
            guard GGUFTensorType.readable.contains(item.type), fillsBlocks, let elements,
                let size = item.type.byteCount(of: elements),
                let next = offset.adding(size)?.padded(to: GGUFWriter.alignment)
            else {
                throw CheckpointError(
                    .refused, path: path,
                    "the tensor \(item.name.quoted) of shape \(item.shape) cannot be written as \(item.type.name), "
                        + "in whole blocks of \(item.type.blockWidth); choose another type")
            }
            append(item.name.utf8)
            append(UInt32(item.shape.count))
            for dimension in item.shape.reversed() { append(UInt64(dimension)) }
            append(item.type.number)
            append(UInt64(offset))
            sizes.append(size)
            offset = next
        }
        let padding = -bytes.count & (GGUFWriter.alignment - 1)
        bytes += [UInt8](repeating: 0, count: padding)
    }

    /// A number, its lowest byte first.
    private mutating func append<Word: FixedWidthInteger>(_ word: Word) {
        for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    /// A string: its length, and its bytes.
    private mutating func append(_ string: some Collection<UInt8>) {
        append(UInt64(string.count))
        bytes += string
    }

    private mutating func append(_ value: GGUFValue) {
        switch value {
        case .uint8(let value): append(value)
        case .int8(let value): append(value)
        case .uint16(let value): append(value)
        case .int16(let value): append(value)
        case .uint32(let value): append(value)
        case .int32(let value): append(value)
        case .float32(let value): append(value.bitPattern)
        case .bool(let value): append(UInt8(value ? 1 : 0))
        case .string(let value): append(value)
        case .array(let value): append(value)
        case .uint64(let value): append(value)
        case .int64(let value): append(value)
        case .float64(let value): append(value.bitPattern)
        }
    }

    private mutating func append(_ array: GGUFArray) {
        append(array.elementType.rawValue)
        append(UInt64(array.count))
        switch array {
        case .uint8(let values): bytes += values
        case .int8(let values): for value in values { append(value) }
        case .uint16(let values): for value in values { append(value) }
        case .int16(let values): for value in values { append(value) }
        case .uint32(let values): for value in values { append(value) }
        case .int32(let values): for value in values { append(value) }
        case .float32(let values): for value in values { append(value.bitPattern) }
        case .bool(let values): for value in values { append(UInt8(value ? 1 : 0)) }
        case .string(let values): for value in values { append(value) }
        case .array(let values): for value in values { append(value) }
        case .uint64(let values): for value in values { append(value) }
        case .int64(let values): for value in values { append(value) }
        case .float64(let values): for value in values { append(value.bitPattern) }
        }
    }
}
