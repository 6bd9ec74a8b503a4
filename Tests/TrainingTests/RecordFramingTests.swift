import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

@Suite final class RecordFramingTests {
    private let path = NSTemporaryDirectory() + "attend-records-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func length(_ bytes: [UInt8], while isWanted: ([UInt8]) -> Bool = { _ in true }) throws
        -> Int
    {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try RecordFraming.length(of: InputFile(path: path), while: isWanted)
    }

    /// With TensorBoard 2.21's `masked_crc32c`.
    @Test func theFrameIsThatOfTensorBoard() {
        #expect(
            RecordFraming.framed(Array("brain".utf8)) == [
                5, 0, 0, 0, 0, 0, 0, 0, 0xEA, 0xB2, 0x04, 0x3E, 0x62, 0x72, 0x61, 0x69, 0x6E, 0x92,
                0xD2, 0x79, 0xCB,
            ])
    }

    @Test func wholeRecordsAreKeptUpToTheFirstUnwanted() throws {
        let records = [[1, 2, 3], [], [4], [5, 6]].map { RecordFraming.framed($0) }
        let ends = records.indices.map { records[...$0].joined().count }
        let all = Array(records.joined())
        #expect(try length(all) == all.count)
        #expect(try length(all) { $0 != [4] } == ends[1])
        for count in 0..<all.count {
            #expect(try length(Array(all.prefix(count))) == ends.last { $0 <= count } ?? 0)
        }
    }

    @Test func aDamagedRecordEndsThem() throws {
        let (first, second) = (RecordFraming.framed([1, 2, 3]), RecordFraming.framed([4, 5]))
        for place in second.indices {
            var damaged = second
            damaged[place] ^= 0x10
            #expect(try length(first + damaged + first) == first.count, "byte \(place)")
        }
    }

    /// A length whose own checksum is right says nothing about what is there.
    @Test func aLengthIsNotBelieved() throws {
        let first = RecordFraming.framed([1])
        for length: UInt64 in [.max, 1 << 63, 1 << 40, 5] {
            let count = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
            // A record holds such a length as its contents, and its footer is their checksum.
            let header = count + RecordFraming.framed(count).suffix(4)
            #expect(try self.length(first + header + [0, 0, 0, 0, 0]) == first.count)
        }
    }
}
