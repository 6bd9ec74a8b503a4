import AttendText
import Foundation
import Testing

@Suite("Byte-pair tokenizer")
struct BytePairTokenizerTests {
    static let rhyme = """
        the cat sat on the mat, the cat that sat there; the other cats saw that the mat was theirs.
        aaaa aaaaaaa aaa banana bananas 100 1000 10000 don't won't can't Straße Straßen größer
        """

    /// The textbook form: all pairs counted anew for each merge.
    private func naiveMerges(_ texts: [String], count: Int, specialCount: Int) -> [[[UInt8]]] {
        var words: [[[UInt8]]: Int] = [:]
        var ids: [[UInt8]: Int] = [:]
        for byte in UInt8.min...UInt8.max { ids[[byte]] = specialCount + Int(byte) }
        for text in texts {
            for word in SplitPattern.words(of: text, by: .gpt2) {
                words[word.utf8.map { [$0] }, default: 0] += 1
            }
        }
        var merges: [[[UInt8]]] = []
        while merges.count < count {
            var counts: [[[UInt8]]: Int] = [:]
            for (word, weight) in words {
                for (left, right) in zip(word, word.dropFirst()) where ids[left + right] == nil {
                    counts[[left, right], default: 0] += weight
                }
            }
            let best = counts.filter { $0.value > 1 }.min { first, second in
                (-first.value, ids[first.key[0]]!, ids[first.key[1]]!)
                    < (-second.value, ids[second.key[0]]!, ids[second.key[1]]!)
            }
            guard let pair = best?.key else { break }
            merges.append(pair)
            ids[pair[0] + pair[1]] = specialCount + 255 + merges.count
            var joined: [[[UInt8]]: Int] = [:]
            for (word, weight) in words { joined[join(word, pair), default: 0] += weight }
            words = joined
        }
        return merges
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

    @Test("It learns the merges of the textbook form", arguments: [0, 1, 7, 60, 10_000])
    func training(count: Int) throws {
        let texts = [Self.rhyme, "the end", "", "aaaaaaaa"]
        let tokenizer = try PipelineTokenizer.bytePairs(texts: texts, vocabularySize: 260 + count)
        let merges = naiveMerges(texts, count: count, specialCount: 4)
        #expect(tokenizer.vocabularySize == 260 + merges.count)
        #expect(count < 100 || merges.count < count && merges.count > 30)
        for (index, merge) in merges.enumerated() {
            #expect(tokenizer.bytes(of: Int32(260 + index)) == merge[0] + merge[1])
        }
    }

    @Test("It encodes as merging the pair of lowest rank again and again does")
    func encoding() throws {
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [Self.rhyme], vocabularySize: 330)
        let merges = naiveMerges([Self.rhyme], count: 70, specialCount: 4)
        for text in [Self.rhyme, "cathat aaaaa bananana", "thethethe\n\n  the", "Straß großé"] {
            let expected = SplitPattern.words(of: text, by: .gpt2).flatMap { word in
                merges.reduce(word.utf8.map { [$0] }) { join($0, $1) }
            }
            // Twice: the second time from the words that were kept.
            for _ in 0..<2 {
                #expect(tokenizer.encode(text).map(tokenizer.bytes) == expected)
            }
        }
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
            let ids = tokenizer.encode(text)
            #expect(Array(tokenizer.decode(ids).utf8) == Array(text.utf8))
            #expect(ids.flatMap(tokenizer.bytes) == Array(text.utf8))
            #expect(ids.allSatisfy { $0 >= tokenizer.specialTokens.count })
        }
        #expect(bare.encode(text) == text.utf8.map(Int32.init))
    }

    @Test("Special tokens are left out of text; foreign ids are U+FFFD")
    func decoding() throws {
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [], vocabularySize: 260)
        #expect(tokenizer.specialTokens.map(\.text) == SpecialTokens.texts)
        #expect(tokenizer.decode([1, 4 + 72, 0, 4 + 105, 3, 2]) == "Hi")
        #expect(tokenizer.decode([260, -1, 4 + 0xC3]) == "\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(tokenizer.bytes(of: 2) == [])
    }

    @Test("A long row of one letter is no trouble")
    func longWord() throws {
        let text = String(repeating: "a", count: 1_000_003)
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [text], vocabularySize: 1000)
        // Tokens of 2, 4 … 128 letters, and no longer ones.
        #expect(tokenizer.vocabularySize == 267)
        #expect(tokenizer.encode(text).count == 1_000_003 / 128 + 3)
        #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }

    @Test("The same texts give the same vocabulary, and copies may encode at the same time")
    func determinism() async throws {
        let first = try PipelineTokenizer.bytePairs(texts: [Self.rhyme], vocabularySize: 350)
        let second = try PipelineTokenizer.bytePairs(texts: [Self.rhyme], vocabularySize: 350)
        #expect(first == second && Set([first, second]).count == 1)
        let alone = second.encode(Self.rhyme)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<20).allSatisfy { _ in first.encode(Self.rhyme) == alone } }
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
