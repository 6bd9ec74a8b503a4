import AttendCheckpoints
import Testing

struct SHA256Tests {
    /// FIPS 180-4's examples and the lengths on either side of a block, from `sha256sum`.
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            (
                String(repeating: "a", count: 55),
                "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"
            ),
            (
                String(repeating: "a", count: 56),
                "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"
            ),
            (
                String(repeating: "a", count: 64),
                "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ] as [(String, String)])
    func knownAnswers(message: String, expected: String) {
        #expect(SHA256.hash(Array(message.utf8)).hexadecimal == expected)
    }

    @Test func piecesOfAnyLengthGiveTheHashOfTheWhole() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let whole = SHA256.hash(message)
        for first in 0...130 {
            for second in [0, 1, 63, 64, 65, 128] {
                var hash = SHA256()
                hash.update(Array(message[..<first]))
                hash.update(Array(message[first..<first + second]))
                hash.update(Array(message[(first + second)...]))
                #expect(hash.finalize() == whole)
            }
        }
    }

    @Test func aFileHasTheHashOfItsBytes() throws {
        let directory = try TemporaryDirectory()
        let bytes = [UInt8](repeating: 7, count: 3_000_001)
        try directory.write(bytes, to: "file")
        let fingerprint = try FileFingerprint(ofFile: directory.path("file"))
        #expect(fingerprint.byteCount == bytes.count)
        #expect(fingerprint.sha256 == SHA256.hash(bytes).hexadecimal)
    }
}
