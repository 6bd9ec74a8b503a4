import AttendText
import Foundation
import Testing

@Suite("Mutated components")
struct ComponentMutationTests {
    private static let text = "a  ﬁ é e\u{301} \u{0}漢字🙂\u{200D}x\r\n▁Ġ``''"

    /// A recorded form with some bytes changed, doubled, moved or removed.
    private func mutated(_ form: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
        var bytes = form
        for _ in 0...random.next(below: 4) where !bytes.isEmpty {
            let place = random.next(below: bytes.count)
            switch random.next(below: 5) {
            case 0: bytes[place] = UInt8(random.next(below: 256))
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array("0-9eE\"[]{},:n".utf8)[random.next(below: 13)], at: place)
            case 3:
                let end = min(bytes.count, place + 1 + random.next(below: 12))
                bytes.insert(
                    contentsOf: Array(bytes[place..<end]), at: random.next(below: place + 1))
            default:
                // A number becomes one that fits nowhere.
                guard let digit = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) })
                else { continue }
                let numbers = ["-1", "1e400", "99999999999999999999", "2147483648", "0.5"]
                bytes.replaceSubrange(
                    digit...digit, with: numbers[random.next(below: numbers.count)].utf8)
            }
        }
        return bytes
    }

    /// Reads every mutated form, and uses those that are still valid.
    private func mutate(
        _ name: String, seed: UInt64, times: Int, _ use: (ComponentFields) throws -> Void
    ) throws {
        var random = CounterRandom(seed: seed, stream: 0, purpose: .stories)
        let file = try PieceFixtures.object(name)
        var (read, refused) = (0, 0)
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let form = try #require(part["form"])
            let bytes = Array(try JSONSerialization.data(withJSONObject: form))
            for _ in 0..<times {
                do {
                    let value = try JSONValue(mutated(bytes, &random))
                    try use(try ComponentFields(value, path: "part"))
                    read += 1
                } catch let error as TokenizerError {
                    refused += 1
                    #expect(!error.description.isEmpty)
                } catch is JSONScanner.Fault {
                    refused += 1
                }
            }
        }
        // Neither may be all: then the mutations would test nothing.
        #expect(read > 0 && refused > 0)
    }

    @Test("A mutated normalizer is an error, or changes text into text")
    func normalizers() throws {
        try mutate("normalizers", seed: 1, times: 100) { fields in
            let normalizer = try Normalizer(fields)
            var text = NormalizedText(Array(Self.text.utf8), keepsAlignment: true)
            try normalizer.normalize(&text)
            #expect(String(validating: text.bytes, as: UTF8.self) != nil)
        }
    }

    @Test("A mutated decoder is an error, or makes text")
    func decoders() throws {
        try mutate("decoders", seed: 2, times: 100) { fields in
            let decoder = try TokenDecoder(fields)
            let tokens = ["▁a", "<0xE2>", "Ġ", "##b", " ", "é", "<0x82>"].map { Array($0.utf8) }
            let text = decoder.decode(tokens).flatMap { $0 }
            #expect(String(validating: text, as: UTF8.self) != nil)
        }
    }

    @Test("A mutated post-processor is an error, or puts marks")
    func processors() throws {
        try mutate("post-processors", seed: 3, times: 100) { fields in
            let processor = try PostProcessor(fields)
            var encoding = Encoding()
            encoding.append(id: 3, offsets: 0..<2)
            for adds in [true, false] {
                for encodings in [[encoding], [encoding, encoding], [Encoding()]] {
                    _ = processor.process(
                        encodings, addsSpecialTokens: adds, token: { _ in "Ġa " })
                }
            }
        }
    }

    @Test("A mutated model is an error, or finds tokens within the piece")
    func models() throws {
        try mutate("piece-models", seed: 4, times: 40) { fields in
            let model = try TokenModel(fields, reserved: [0])
            let piece = Array("abcéxy中🙂".utf8)
            var tokens: [PieceToken] = []
            do {
                try model.encode(piece[...], into: &tokens)
            } catch TokenizerError.invalid { return }
            for token in tokens {
                #expect(token.range.upperBound <= piece.count)
                #expect(model.vocabulary.bytes(of: token.id) != nil)
            }
        }
    }
}
