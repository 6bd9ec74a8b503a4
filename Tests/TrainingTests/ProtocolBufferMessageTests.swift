import AttendTraining
import Testing

@Suite struct ProtocolBufferMessageTests {
    private func bytes(_ write: (inout ProtocolBufferMessage) -> Void) -> [UInt8] {
        var message = ProtocolBufferMessage()
        write(&message)
        return message.bytes
    }

    @Test func fieldsAreThoseOfTheSpecification() {
        // The three examples of protobuf.dev, "Encoding".
        #expect(bytes { $0.add(Int64(150), field: 1) } == [0x08, 0x96, 0x01])
        #expect(
            bytes { $0.add("testing", field: 2) }
                == [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
        var inner = ProtocolBufferMessage()
        inner.add(Int64(150), field: 1)
        #expect(bytes { $0.add(inner, field: 3) } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    }

    @Test func numbersTakeTheBytesOfTheirForm() {
        #expect(bytes { $0.add(Int64(0), field: 1) } == [0x08, 0])
        #expect(bytes { $0.add(Int64(127), field: 1) } == [0x08, 127])
        #expect(bytes { $0.add(Int64(128), field: 1) } == [0x08, 0x80, 1])
        #expect(
            bytes { $0.add(Int64(-1), field: 1) }
                == [0x08] + [UInt8](repeating: 0xFF, count: 9) + [1])
        #expect(bytes { $0.add(Float(1), field: 2) } == [0x15, 0, 0, 0x80, 0x3F])
        #expect(bytes { $0.add(-2.0, field: 1) } == [0x09, 0, 0, 0, 0, 0, 0, 0, 0xC0])
        // From field 16 on, its number takes two bytes.
        #expect(bytes { $0.add(Int64(1), field: 16) } == [0x80, 0x01, 1])
    }
}
