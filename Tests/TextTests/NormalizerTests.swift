import AttendText
import Foundation
import Testing

@Suite("Normalizers")
struct NormalizerTests {
    @Test("Texts and the places of their characters are those of Hugging Face tokenizers")
    func recorded() throws {
        let file = try PieceFixtures.object("normalizers")
        let texts = try #require(file["texts"] as? [String])
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let name = try #require(part["name"] as? String)
            let form = try #require(part["form"])
            let normalizer = try Normalizer(PieceFixtures.fields(form))
            #expect(try Normalizer(ComponentFields(normalizer.json, path: "part")) == normalizer)
            if !"\(form)".contains("TABLE") {
                #expect(try PieceFixtures.equal(normalizer.json, form), "\(name)")
            }
            for (text, output) in zip(texts, try #require(part["outputs"] as? [Any])) {
                var normalized = NormalizedText(Array(text.utf8), keepsAlignment: true)
                try normalizer.normalize(&normalized)
                let places = characterPlaces(normalized)
                if let expected = output as? [Any] {
                    let expectedText = try #require(expected[0] as? String)
                    let expectedPlaces = ranges(try #require(expected[1] as? [Int]))
                    #expect(
                        normalized.bytes == Array(expectedText.utf8),
                        "\(name) of \(text.debugDescription)")
                    #expect(
                        places == expectedPlaces, "places of \(name) of \(text.debugDescription)")
                } else {
                    #expect(
                        normalized.bytes == Array(text.utf8), "\(name) of \(text.debugDescription)")
                    #expect(
                        places
                            == characterPlaces(
                                NormalizedText(Array(text.utf8), keepsAlignment: true)))
                }
                var quick = NormalizedText(Array(text.utf8), keepsAlignment: false)
                try normalizer.normalize(&quick)
                #expect(quick.bytes == normalized.bytes)
            }
        }
    }

    /// Where each character of a text stood in the original.
    private func characterPlaces(_ text: NormalizedText) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var start = 0
        for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
            let end = start + String(scalar).utf8.count
            places.append(text.originalRange(of: start..<end))
            start = end
        }
        return places
    }

    @Test("Every character of Unicode comes out as in Hugging Face tokenizers")
    func sweep() throws {
        let file = try PieceFixtures.object("normalizer-sweep")
        let blocks = try #require(file["ranges"] as? [[Int]]).flatMap {
            Array(stride(from: $0[0], to: $0[1], by: 1024))
        }
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let name = try #require(part["name"] as? String)
            let normalizer = try Normalizer(PieceFixtures.fields(try #require(part["form"])))
            let hashes = try #require(part["hashes"] as? [String])
            #expect(hashes.count == blocks.count)
            for (block, hash) in zip(blocks, hashes) {
                var value: UInt64 = 0xCBF2_9CE4_8422_2325
                for code in block..<block + 1024 {
                    guard let scalar = Unicode.Scalar(UInt32(code)) else { continue }
                    let sample = name == "strip" ? "\(scalar)" : "a\(scalar)\u{301}b"
                    var text = NormalizedText(Array(sample.utf8), keepsAlignment: false)
                    try normalizer.normalize(&text)
                    for byte in text.bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
                }
                let found = String(value, radix: 16)
                #expect(
                    String(repeating: "0", count: 16 - found.count) + found == hash,
                    "\(name) differs from U+\(String(block, radix: 16)) on")
            }
        }
    }

    @Test(
        "What is not known is an error that names it",
        arguments: [
            (#"{"type":"NFKX"}"#, "NFKX"),
            (#"{"type":"Lowercas"}"#, "did you mean “Lowercase”?"),
            (#"{"type":"Strip","strip_left":1}"#, "part.strip_left"),
            (#"{"type":"BertNormalizer","clean_text":"yes"}"#, "part.clean_text"),
            (#"{"type":"Prepend"}"#, "prepend"),
            (#"{"type":"NFC","form":"C"}"#, "form"),
            (#"{"type":"Replace","pattern":"a","content":"b"}"#, "part.pattern"),
            (#"{"type":"Replace","pattern":{"Regex":"^a"},"content":"b"}"#, "^a"),
            (
                #"{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"?"}]}"#,
                "part.normalizers[1]"
            ),
            (#"{"type":"Sequence","normalizers":{}}"#, "part.normalizers"),
        ])
    func refused(text: String, named: String) throws {
        let error = #expect(throws: TokenizerError.self) {
            try Normalizer(PieceFixtures.fields(text: text))
        }
        #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
    }

    @Test("Replacements that double a text again and again end in an error")
    func growth() throws {
        let double = #"{"type":"Replace","pattern":{"String":"a"},"content":"aa"}"#
        let many = Array(repeating: double, count: 60).joined(separator: ",")
        let long = String(repeating: "b", count: 100_000)
        for form in [
            #"{"type":"Sequence","normalizers":[\#(many)]}"#,
            #"{"type":"Replace","pattern":{"String":"a"},"content":"\#(long)"}"#,
            #"{"type":"Prepend","prepend":"\#(long)"}"#,
        ] {
            let normalizer = try Normalizer(PieceFixtures.fields(text: form))
            var text = NormalizedText(Array(repeating: 0x61, count: 1000), keepsAlignment: true)
            let error = #expect(throws: TokenizerError.self) { try normalizer.normalize(&text) }
            #expect(error?.description.contains("64000") == true)
        }
        let decoder = #expect(throws: TokenizerError.self) {
            try TokenDecoder(
                PieceFixtures.fields(text: #"{"type":"Sequence","decoders":[\#(many)]}"#))
        }
        #expect(decoder?.description.contains("64 times") == true)
    }
}
