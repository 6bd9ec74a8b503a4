package import AttendCheckpoints

/// The records of a TFRecord file: how many bytes, a checksum of that, the bytes, a checksum of them.
///
/// - Source: TensorFlow, "TFRecord and tf.train.Example", TFRecords format details.
package enum RecordFraming {
    /// The most bytes of a record that is read; those written have a few hundred.
    package static let recordLimit = 1 << 20

    private static let headerSize = 12
    private static let footerSize = 4

    /// The bytes in their frame.
    package static func framed(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt64(bytes.count).littleEndianBytes
        return length + checksum(length).littleEndianBytes + bytes
            + checksum(bytes).littleEndianBytes
    }

    /// How many bytes at the beginning of a file are whole records, up to the first one that is not wanted.
    ///
    /// A record that is torn or damaged ends them too, since no reader gets beyond it.
    ///
    /// - Throws: `CheckpointError` where the file cannot be read.
    package static func length(of file: InputFile, while isWanted: ([UInt8]) -> Bool) throws -> Int
    {
        var offset = 0
        while file.size - offset >= headerSize + footerSize {
            let header = try file.bytes(offset..<offset + headerSize)
            let count = Array(header.prefix(8))
            let length = UInt64(littleEndianBytes: count)
            let room = file.size - offset - headerSize - footerSize
            guard UInt32(littleEndianBytes: header.suffix(4)) == checksum(count),
                length <= UInt64(min(recordLimit, room))
            else { break }
            let start = offset + headerSize
            let end = start + Int(length)
            let bytes = try file.bytes(start..<end)
            let footer = try file.bytes(end..<end + footerSize)
            guard UInt32(littleEndianBytes: footer) == checksum(bytes), isWanted(bytes) else {
                break
            }
            offset = end + footerSize
        }
        return offset
    }

    /// CRC-32C, turned and shifted: a file that holds records of records would otherwise have checksums of checksums.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        let value = CRC32.of(bytes, polynomial: .castagnoli)
        return (value >> 15 | value << 17) &+ 0xA282_EAD8
    }
}
