/// The checksum of ZIP files: the cyclic redundancy check with the polynomial 0x04C11DB7.
///
/// - Source: ITU-T V.42, §8.1.1.6; eight bytes at a time after Kounavis and Berry 2005, "A Systematic
///   Approach to Building High Performance Software-Based CRC Generators".
package struct CRC32 {
    private var state: UInt32 = 0xFFFF_FFFF

    /// The checksum of all bytes so far.
    var value: UInt32 { ~state }

    /// `tables[k][b]`: what the byte b does to the state k bytes later.
    private static let tables: [[UInt32]] = {
        var tables = [[UInt32]](repeating: [UInt32](repeating: 0, count: 256), count: 8)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
            tables[0][byte] = value
        }
        for byte in 0..<256 {
            for table in 1..<8 {
                let value = tables[table - 1][byte]
                tables[table][byte] = tables[0][Int(value & 0xFF)] ^ value >> 8
            }
        }
        return tables
    }()

    private static let flat: [UInt32] = tables.flatMap(\.self)

    /// Takes more bytes.
    mutating func update(_ bytes: [UInt8]) {
        let tables = Self.flat
        var state = state
        var index = 0
        while index + 8 <= bytes.count {
            let low =
                state
                ^ (UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
                    | UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24)
            let first = tables[7 * 256 + Int(low & 0xFF)] ^ tables[6 * 256 + Int(low >> 8 & 0xFF)]
            let second = tables[5 * 256 + Int(low >> 16 & 0xFF)] ^ tables[4 * 256 + Int(low >> 24)]
            let third =
                tables[3 * 256 + Int(bytes[index + 4])] ^ tables[2 * 256 + Int(bytes[index + 5])]
            let fourth = tables[256 + Int(bytes[index + 6])] ^ tables[Int(bytes[index + 7])]
            state = first ^ second ^ third ^ fourth
            index += 8
        }
        while index < bytes.count {
            state = tables[Int((state ^ UInt32(bytes[index])) & 0xFF)] ^ state >> 8
            index += 1
        }
        self.state = state
    }

    /// The checksum of these bytes.
    package static func of(_ bytes: [UInt8]) -> UInt32 {
        var checksum = CRC32()
        checksum.update(bytes)
        return checksum.value
    }
}
