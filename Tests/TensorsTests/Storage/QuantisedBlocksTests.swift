import AttendTensors
import Testing

struct QuantisedBlocksTests {
    private func encoded(_ elements: [Float], _ blocks: QuantisedBlocks) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: elements.count / 32 * blocks.byteCount)
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe elements.withUnsafeBufferPointer { unsafe blocks.encode($0, into: bytes) }
        }
        return bytes
    }

    private func decoded(_ bytes: [UInt8], _ blocks: QuantisedBlocks) -> [Float] {
        var elements = [Float](repeating: 0, count: bytes.count / blocks.byteCount * 32)
        unsafe elements.withUnsafeMutableBufferPointer { elements in
            unsafe bytes.withUnsafeBytes { unsafe blocks.decode($0, into: elements) }
        }
        return elements
    }

    /// Scale 1 in half precision is 3C00, and −127 is 81 in two's complement.
    @Test func eightBitsFollowTheScaleOneByOne() {
        var elements = (0..<32).map { (index: Int) -> Float in
            index % 2 == 0 ? Float(index) : -Float(index)
        }
        elements[31] = 127
        let bytes = encoded(elements, .eightBits)
        #expect(bytes.count == 34)
        #expect(bytes[..<6] == [0x00, 0x3C, 0, 0xFF, 2, 0xFD])
        #expect(bytes[33] == 127)
        #expect(decoded(bytes, .eightBits) == elements)
    }

    /// The scale takes the sign that makes the extreme −8, and both halves of a block share bytes.
    @Test func fourBitsHoldTheHalvesOfABlock() {
        var elements = [Float](repeating: 1, count: 16) + [Float](repeating: -2, count: 16)
        elements[3] = -8
        let bytes = encoded(elements, .fourBits)
        #expect(bytes.count == 18)
        #expect(bytes[..<6] == [0x00, 0x3C, 0x69, 0x69, 0x69, 0x60])
        #expect(decoded(bytes, .fourBits) == elements)
        let turned = encoded(elements.map { -$0 }, .fourBits)
        #expect(turned[1] == 0xBC)
        #expect(turned[2...] == bytes[2...])
    }

    @Test(arguments: QuantisedBlocks.allCases)
    func noErrorIsMoreThanHalfAStep(blocks: QuantisedBlocks) {
        var state: UInt64 = 7
        let elements = (0..<32 * 37).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return Float(Int64(bitPattern: state) >> 40) / 0x1p20
        }
        let values = decoded(encoded(elements, blocks), blocks)
        for start in stride(from: 0, to: elements.count, by: 32) {
            let block = elements[start..<start + 32]
            let extreme = block.map(abs).max() ?? 0
            // With 4 bits, the other end of the range is a step short, and the scale itself is rounded.
            let bound = blocks == .eightBits ? extreme / 127 * 0.57 : extreme / 8 * 1.01
            for index in block.indices { #expect(abs(values[index] - block[index]) <= bound) }
        }
    }

    @Test(arguments: QuantisedBlocks.allCases)
    func zerosAndTinyNumbersBecomeZeros(blocks: QuantisedBlocks) {
        for element: Float in [0, -0, 1e-45, -1e-38, .leastNormalMagnitude] {
            let block = [Float](repeating: element, count: 32)
            #expect(decoded(encoded(block, blocks), blocks).allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: QuantisedBlocks.allCases)
    func noBlocksAreNothing(blocks: QuantisedBlocks) {
        #expect(encoded([], blocks) == [])
        #expect(decoded([], blocks) == [])
    }

    @Test func otherSizesTrapWithASentence() async {
        await #expect(processExitsWith: .failure) {
            var bytes = [UInt8](repeating: 0, count: 34)
            unsafe bytes.withUnsafeMutableBytes { bytes in
                let elements = [Float](repeating: 0, count: 33)
                unsafe elements.withUnsafeBufferPointer {
                    unsafe QuantisedBlocks.eightBits.encode($0, into: bytes)
                }
            }
        }
    }
}
