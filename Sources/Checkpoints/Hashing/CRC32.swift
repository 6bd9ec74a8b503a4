/// A cyclic redundancy check of 32 bits, as the formats of files use it: it notices damage, not malice.
///
/// - Source: ITU-T V.42, §8.1.1.6; eight bytes at a time after Kounavis and Berry 2005, "A Systematic
///   Approach to Building High Performance Software-Based CRC Generators".
package struct CRC32 {
    /// What the bytes are divided by.
    package enum Polynomial: Sendable {
        /// 0x04C11DB7, of ZIP files.
        case zip
        /// 0x1EDC6F41 after Castagnoli, of TensorFlow's records (RFC 3720, §12.1).
        case castagnoli

        /// With the bits in the order in which they are met.
        fileprivate var reversed: UInt32 {
            switch self {
            case .zip: 0xEDB8_8320
            case .castagnoli: 0x82F6_3B78
            }
        }

        /// `tables[k · 256 + b]`: what the byte b does to the state k bytes later.
        fileprivate var tables: [UInt32] {
            switch self {
            case .zip: Self.zipTables
            case .castagnoli: Self.castagnoliTables
            }
        }

        private static let zipTables = zip.makeTables()
        private static let castagnoliTables = castagnoli.makeTables()

        private func makeTables() -> [UInt32] {
            var tables = [UInt32](repeating: 0, count: 8 * 256)
            for byte in 0..<256 {
                var value = UInt32(byte)
                for _ in 0..<8 { value = value & 1 == 1 ? reversed ^ value >> 1 : value >> 1 }
                tables[byte] = value
            }
            for byte in 0..<256 {
                for table in 1..<8 {
                    let value = tables[(table - 1) * 256 + byte]
                    tables[table * 256 + byte] = tables[Int(value & 0xFF)] ^ value >> 8
                }
            }
            return tables
        }
    }

    private var state: UInt32 = 0xFFFF_FFFF
    private let tables: [UInt32]

    /// The checksum of no bytes yet.
    init(_ polynomial: Polynomial = .zip) { tables = polynomial.tables }

    /// The checksum of all bytes so far.
    var value: UInt32 { ~state }

    /// Takes more bytes.
    mutating func update(_ bytes: [UInt8]) {
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
    package static func of(_ bytes: [UInt8], polynomial: Polynomial = .zip) -> UInt32 {
        var checksum = CRC32(polynomial)
        checksum.update(bytes)
        return checksum.value
    }
}
