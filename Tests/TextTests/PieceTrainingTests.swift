import AttendText
import Foundation
import Testing

@Suite("Training of pieces")
struct PieceTrainingTests {
    private static let texts: [String] = {
        let tales = Tales(seed: 3)
        return (0..<400).map { tales.story(at: $0) }
    }()

    @Test(
        "A unigram vocabulary has the size asked for, and divides texts losslessly into few pieces")
    func unigram() throws {
        var rounds: [Int] = []
        let tokenizer = try PipelineTokenizer.unigram(
            texts: Self.texts, .init(vocabularySize: 150)
        ) { rounds.append($0) }
        #expect(tokenizer.vocabularySize == 150)
        #expect(rounds.count > 1 && rounds == rounds.sorted(by: >))
        var tokens = 0
        for text in Self.texts {
            let ids = try tokenizer.encode(text)
            tokens += ids.count
            #expect(tokenizer.decode(ids) == text)
        }
        let characters = Self.texts.reduce(0) { $0 + $1.unicodeScalars.count }
        #expect(Double(characters) / Double(tokens) > 1.9)
        // The same texts give the same vocabulary.
        let again = try PipelineTokenizer.unigram(texts: Self.texts, .init(vocabularySize: 150))
        #expect(again == tokenizer)
    }

    @Test("Probabilities of pieces sum to one, nearly, and no score is above zero")
    func scores() throws {
        let tokenizer = try PipelineTokenizer.unigram(
            texts: Self.texts, .init(vocabularySize: 120))
        guard case .unigram(let model) = tokenizer.model else {
            Issue.record("not a unigram model")
            return
        }
        let scores = model.scores.dropFirst(tokenizer.specialTokens.count)
        #expect(scores.allSatisfy { $0 < 0 && $0.isFinite })
        let sum = scores.reduce(0) { $0 + exp($1) }
        #expect(sum > 0.8 && sum < 1.0001, "\(sum)")
        // Pieces come with the most probable first.
        #expect(Array(scores) == scores.sorted(by: >))
    }

    @Test("A WordPiece vocabulary holds characters, then pieces by how often they are joined")
    func wordPieces() throws {
        let tokenizer = try PipelineTokenizer.wordPieces(
            texts: ["hug hug hug pug pun bun hugs"],
            .init(vocabularySize: 22, unknownToken: "[UNK]"), lowercases: true)
        // <unk> and the special tokens come first; of equal pairs the one with the lowest ids is joined.
        let tokens = (0..<Int32(tokenizer.vocabularySize)).map { tokenizer.token(of: $0) ?? "" }
        #expect(
            tokens == ["[UNK]"] + SpecialTokens.texts
                + ["b", "g", "h", "n", "p", "s", "u", "##g", "##n", "##s", "##u"]
                + ["##ug", "hug", "##un", "bun", "pug", "pun"])
        let ids = try tokenizer.encode("Hugs pubs")
        #expect(ids.map { tokenizer.token(of: $0) } == ["hug", "##s", "[UNK]"])
    }

    @Test("Words are ranked by how often they occur")
    func words() throws {
        let tokenizer = try PipelineTokenizer.words(
            texts: ["b a b, c a b.", "d d"], .init(vocabularySize: 9))
        let tokens = (0..<Int32(tokenizer.vocabularySize)).map { tokenizer.token(of: $0) ?? "" }
        #expect(tokens == ["<unk>"] + SpecialTokens.texts + ["b", "a", "d", ","])
        #expect(try tokenizer.encode("a zebra") == [6, 0])
    }

    @Test("A vocabulary without room for all characters is an error that says how much is needed")
    func tooSmall() {
        let small = #expect(throws: TokenizerError.self) {
            try PipelineTokenizer.unigram(texts: ["abcdefgh"], .init(vocabularySize: 8))
        }
        #expect(
            small?.description.contains("9 different characters") == true,
            "\(String(describing: small))")
        let pieces = #expect(throws: TokenizerError.self) {
            try PipelineTokenizer.wordPieces(
                texts: ["abcd"], .init(vocabularySize: 8), lowercases: true)
        }
        #expect(pieces?.description.contains("4 different characters") == true)
        for size in [-1, 0, 5, Int.max] {
            #expect(throws: TokenizerError.self) {
                try PipelineTokenizer.words(texts: ["a"], .init(vocabularySize: size))
            }
        }
    }

    @Test("No text gives no pieces, and a text of one letter gives pieces of it")
    func fewTexts() throws {
        let empty = try PipelineTokenizer.unigram(texts: [], .init(vocabularySize: 10))
        #expect(empty.vocabularySize == 5)
        #expect(try empty.encode("a").allSatisfy { $0 == 0 })
        let letter = String(repeating: "a", count: 5000)
        let tokenizer = try PipelineTokenizer.unigram(texts: [letter], .init(vocabularySize: 12))
        #expect(tokenizer.decode(try tokenizer.encode(letter)) == letter)
    }
}
