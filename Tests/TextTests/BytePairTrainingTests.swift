import AttendText
import Foundation
import Testing

@Suite("Training of byte pairs")
struct BytePairTrainingTests {
    static let rhyme = """
        the cat sat on the mat, the cat that sat there; the other cats saw that the mat was theirs.
        aaaa aaaaaaa aaa banana bananas 100 1000 10000 don't won't can't Straße Straßen größer
        """

    /// The textbook form: all pairs counted anew for each merge.
    ///
    /// A pair may make a token that there is already; of a pair that is joined twice, the last counts.
    private func naiveTraining(
        _ texts: [String], tokenCount: Int
    ) -> (tokens: [[UInt8]], merges: [[[UInt8]]]) {
        var words: [[[UInt8]]: Int] = [:]
        // The bytes in the order of the characters that stand for them.
        let visible = Set(0x21...0x7E).union(0xA1...0xAC).union(0xAE...0xFF)
        var tokens = (0...255).sorted {
            (visible.contains($0) ? 0 : 1, $0) < (visible.contains($1) ? 0 : 1, $1)
        }.map { [UInt8($0)] }
        var ids = [[UInt8]: Int](uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
        for text in texts {
            for word in SplitPattern.words(of: text, by: .gpt2) {
                words[word.utf8.map { [$0] }, default: 0] += 1
            }
        }
        var merges: [[[UInt8]]] = []
        while tokens.count < tokenCount {
            var counts: [[[UInt8]]: Int] = [:]
            for (word, weight) in words {
                for (left, right) in zip(word, word.dropFirst()) {
                    counts[[left, right], default: 0] += weight
                }
            }
            let best = counts.filter { $0.value > 1 }.min { first, second in
                (-first.value, ids[first.key[0]]!, ids[first.key[1]]!)
                    < (-second.value, ids[second.key[0]]!, ids[second.key[1]]!)
            }
            guard let pair = best?.key else { break }
            merges.removeAll { $0 == pair }
            merges.append(pair)
            if ids[pair[0] + pair[1]] == nil {
                ids[pair[0] + pair[1]] = tokens.count
                tokens.append(pair[0] + pair[1])
            }
            var joined: [[[UInt8]]: Int] = [:]
            for (word, weight) in words { joined[join(word, pair), default: 0] += weight }
            words = joined
        }
        return (tokens, merges)
    }

    private func join(_ word: [[UInt8]], _ pair: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var index = 0
        while index < word.count {
            if index + 1 < word.count, word[index] == pair[0], word[index + 1] == pair[1] {
                result.append(pair[0] + pair[1])
                index += 2
            } else {
                result.append(word[index])
                index += 1
            }
        }
        return result
    }

    @Test("It learns the tokens of the textbook form", arguments: [0, 1, 7, 60, 10_000])
    func training(count: Int) throws {
        let texts = [Self.rhyme, "the end", "", "aaaaaaaa"]
        let tokenizer = try PipelineTokenizer.bytePairs(texts: texts, vocabularySize: 260 + count)
        let (tokens, _) = naiveTraining(texts, tokenCount: 256 + count)
        #expect(tokenizer.vocabularySize == 4 + tokens.count)
        #expect(count < 100 || tokens.count < count && tokens.count > 286)
        for (index, token) in tokens.enumerated() {
            #expect(tokenizer.bytes(of: Int32(4 + index)) == token)
        }
    }

    @Test("It encodes as merging the pair of lowest rank again and again does")
    func encoding() throws {
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [Self.rhyme], vocabularySize: 330)
        let (_, merges) = naiveTraining([Self.rhyme], tokenCount: 326)
        for text in [Self.rhyme, "cathat aaaaa bananana", "thethethe\n\n  the", "Straß großé"] {
            let expected = SplitPattern.words(of: text, by: .gpt2).flatMap { word in
                merges.reduce(word.utf8.map { [$0] }) { join($0, $1) }
            }
            // Twice: the second time from the words that were kept.
            for _ in 0..<2 {
                #expect(try tokenizer.encode(text).map(tokenizer.bytes) == expected)
            }
        }
    }

    @Test("Tokens and merges are those of Hugging Face tokenizers")
    func recorded() throws {
        let file = try PieceFixtures.object("byte-pair-training")
        let texts = try #require(file["texts"] as? [String])
        let alphabet = try #require(file["alphabet"] as? [String])
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let name = try #require(part["pattern"] as? String)
            let pattern = try #require(WordPattern.choices.first { $0.name == name }).expression
            var training = TokenizerTraining(.bytePair)
            training.vocabularySize = try #require(part["size"] as? Int)
            training.minimumCount = part["least"] as? Int
            training.pattern = pattern
            var reports: [Int] = []
            let tokenizer = try training.tokenizer(of: texts) { done, _ in reports.append(done) }
            let expected = try alphabet + #require(part["tokens"] as? [String])
            let size = Int32(tokenizer.vocabularySize)
            #expect((0..<size).map { tokenizer.token(of: $0) } == expected)
            #expect(reports.last == expected.count && reports == reports.sorted())
            guard case .pipeline(let pipeline) = tokenizer,
                case .bytePair(let model) = pipeline.model
            else {
                Issue.record("no byte pairs")
                continue
            }
            let merges = model.merges.map {
                "\(tokenizer.token(of: $0.left) ?? "") \(tokenizer.token(of: $0.right) ?? "")"
            }
            #expect(merges == part["merges"] as? [String], "\(name) \(size)")
        }
    }

    @Test("No merge makes the text of a special token")
    func reservedTexts() throws {
        let tokenizer = try PipelineTokenizer.bytePairs(
            texts: [String(repeating: "<s> ", count: 100)], vocabularySize: 280,
            specialTokens: ["<s>"])
        #expect(try tokenizer.encode("<s>").allSatisfy { $0 > 0 })
        #expect((1..<280).allSatisfy { tokenizer.token(of: $0) != "<s>" })
        let error = #expect(throws: TokenizerError.self) {
            try PipelineTokenizer.bytePairs(texts: [], vocabularySize: 300, specialTokens: ["Ġ"])
        }
        #expect(error?.description.contains("“Ġ”") == true)
    }

    @Test("Long texts are counted in parts, with the same result")
    func parts() throws {
        let sentence = "The cat sat on the mat, and 12 other cats' tails weren't there. "
        let text = String(repeating: sentence, count: 12_000)
        let long = try PipelineTokenizer.bytePairs(texts: [text], vocabularySize: 300)
        let short = try PipelineTokenizer.bytePairs(
            texts: (0..<12).map { _ in String(repeating: sentence, count: 1000) },
            vocabularySize: 300)
        #expect(long == short)
    }

    static let oddTexts = [
        "", " ", "a", "ab\r\ncd\n", "caf\u{E9}", "cafe\u{301}", "👩‍👩‍👧‍👦 🇫🇷", "\u{0}\u{FEFF}\u{10FFFF}",
        "한국어", "<|im_start|><s></s><pad><mask>", "'s 's''", String(repeating: " ", count: 777),
    ]

    @Test("Text comes back byte for byte, and never gives a special token", arguments: oddTexts)
    func roundTrip(text: String) throws {
        let trained = try PipelineTokenizer.bytePairs(
            texts: [Self.rhyme, "<s> <s> <s> 👩‍👩‍👧‍👦 👩‍👩‍👧‍👦"], vocabularySize: 400)
        let bare = try PipelineTokenizer.bytePairs(
            texts: [], vocabularySize: 256, specialTokens: [])
        for tokenizer in [trained, bare] {
            let ids = try tokenizer.encode(text)
            #expect(Array(tokenizer.decode(ids).utf8) == Array(text.utf8))
            #expect(ids.flatMap(tokenizer.bytes) == Array(text.utf8))
            #expect(ids.allSatisfy { $0 >= tokenizer.specialTokens.count })
        }
        #expect(bare.vocabularySize == 256)
    }

    @Test("Special tokens are left out of text; foreign ids are U+FFFD")
    func decoding() throws {
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [], vocabularySize: 260)
        #expect(tokenizer.specialTokens.map(\.text) == SpecialTokens.texts)
        let ids = try tokenizer.encode("Hié")
        #expect(tokenizer.decode([1, ids[0], 0, ids[1], 3, 2]) == "Hi")
        #expect(tokenizer.decode([260, -1, ids[2]]) == "\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(tokenizer.decode([1, ids[0], 2], keepsSpecialTokens: true) == "<s>H</s>")
        #expect(tokenizer.bytes(of: 2) == [])
    }

    @Test("A long row of one letter is no trouble")
    func longWord() throws {
        let text = String(repeating: "a", count: 1_000_003)
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [text], vocabularySize: 1000)
        // Tokens of 2, 4 … letters, and none longer than a token may be.
        let longest = (0..<Int32(tokenizer.vocabularySize)).map { tokenizer.bytes(of: $0).count }
            .max()
        #expect(longest == 32_768)
        #expect(try tokenizer.encode(text).count < 50)
        #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
    }

    @Test("The same texts give the same vocabulary, and copies may encode at the same time")
    func determinism() async throws {
        let first = try PipelineTokenizer.bytePairs(texts: [Self.rhyme], vocabularySize: 350)
        let second = try PipelineTokenizer.bytePairs(texts: [Self.rhyme], vocabularySize: 350)
        #expect(first == second && Set([first, second]).count == 1)
        let alone = try second.encode(Self.rhyme)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<20).allSatisfy { _ in (try? first.encode(Self.rhyme)) == alone }
                }
            }
            for await isEqual in group { #expect(isEqual) }
        }
    }

    @Test(
        "A vocabulary that cannot hold the bytes is an error", arguments: [Int.min, 0, 259, .max])
    func sizes(size: Int) {
        #expect(
            throws: TokenizerError.invalid(
                "The vocabulary size is \(size); expected a number from 260 (the 256 bytes and 4 special "
                    + "tokens) to 1048576.")
        ) { try PipelineTokenizer.bytePairs(texts: ["a"], vocabularySize: size) }
    }
}
