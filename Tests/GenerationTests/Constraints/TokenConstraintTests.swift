import AttendCheckpoints
import AttendGeneration
import AttendTensors
import AttendText
import Foundation
import Testing

@Suite("Holding tokens to a grammar")
struct TokenConstraintTests {
    private static func tokenizer(_ name: String) throws -> SavedTokenizer {
        switch name {
        case "byte": .byte(ByteTokenizer())
        case "character":
            .character(
                try CharacterTokenizer(
                    text: " abcdefghijklmnopqrstuvwxyz🦊é.,", specialTokens: ["<pad>"]))
        case "trained":
            .pipeline(
                try PipelineTokenizer.bytePairs(
                    texts: ["the fox and the hen", "the hen 🦊 and the fox"], vocabularySize: 300))
        default: try recordedTokenizer(name)
        }
    }

    @Test(
        "However a text is spelled, decoding gives it back",
        arguments: [
            "byte", "character", "trained", "pipeline-gpt2", "pipeline-llama3",
            "pipeline-byteFallback", "tokenizer-llama", "tokenizer-xlmr", "tokenizer-t5",
            "tokenizer-albert", "tokenizer-bert", "pipeline-words",
        ])
    func spelling(name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        let spellings = try TokenSpellings(tokenizer)
        var random = RandomSource(seed: 8)
        var (whole, tokenizations) = (0, Set<[Int32]>())
        var texts = ["the fox", " the  fox", "a fox, a 🦊 and é.", "the"]
        for _ in 0..<12 {
            let special = Set(tokenizer.specialTokens.map(\.id))
            let ids = (0..<4).map { _ in Int32(random.next() % UInt64(tokenizer.vocabularySize)) }
            let text = tokenizer.decode(ids.filter { !special.contains($0) })
            // What a grammar would have to escape is left out.
            let isPlain = text.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !"\"\\\u{FFFD}".unicodeScalars.contains($0)
            }
            if isPlain, !text.isEmpty { texts.append(text) }
        }
        for text in texts {
            guard
                let constraint = try? TokenConstraint(
                    TextGrammar("root ::= \"\(text)\""), spellings: spellings)
            else { continue }
            for _ in 0..<10 {
                do {
                    let drawn = try DrawnText(constraint, tokenizer: tokenizer, random: &random)
                    #expect(drawn.isWhole && drawn.text == text, "\(drawn.tokens): \(drawn.text)")
                    var decoder = StreamingDecoder(tokenizer)
                    let streamed =
                        drawn.tokens.map { decoder.append($0) }.joined() + decoder.finish()
                    #expect(streamed == text)
                    whole += 1
                    tokenizations.insert(drawn.tokens)
                } catch ConstraintError.noTokenFits {
                    // A vocabulary of words may lack what would go on.
                }
            }
        }
        #expect(whole > 0, "\(name)")
        if !["byte", "character", "pipeline-words"].contains(name) {
            #expect(tokenizations.count > 4, "\(name)")
        }
    }

    @Test("A mask has exactly the tokens whose bytes go on")
    func masks() throws {
        let tokenizer = try Self.tokenizer("pipeline-gpt2")
        let grammar = try TextGrammar("root ::= ([a-z]{1,3} (\" \" | \"é\"))+ \".\"?")
        let spellings = try TokenSpellings(tokenizer)
        let special = Set(tokenizer.specialTokens.map(\.id))
        var random = RandomSource(seed: 3)
        for _ in 0..<5 {
            var constraint = try TokenConstraint(grammar, spellings: spellings, endTokens: [7])
            var state = try GrammarState(grammar)
            for _ in 0..<12 {
                let mask = try constraint.mask()
                for id in 0..<Int32(tokenizer.vocabularySize) {
                    var expected = id == 7 ? state.canEnd : false
                    let bytes = tokenizer.bytes(of: id)
                    if id != 7, !special.contains(id), !bytes.isEmpty {
                        var next = state
                        for byte in bytes { try next.advance(by: byte) }
                        expected = !next.isDead
                    }
                    #expect(mask[id] == expected, "token \(id)")
                }
                #expect(mask.count == mask.tokens.count)
                let choices = mask.tokens.filter { $0 != 7 }
                if choices.isEmpty { break }
                let token = choices[Int(random.next() % UInt64(choices.count))]
                try constraint.advance(by: token)
                for byte in tokenizer.bytes(of: token) { try state.advance(by: byte) }
            }
        }
    }

    @Test("Logits of other tokens become −∞, and nothing else changes")
    func application() throws {
        var constraint = try TokenConstraint(
            TextGrammar("root ::= [b-d]"), spellings: TokenSpellings(.byte(ByteTokenizer())))
        var logits = (0..<300).map { Float($0) / 7 }
        let before = logits
        try constraint.mask().apply(to: &logits)
        for id in logits.indices {
            #expect(logits[id] == ((98...100).contains(id) ? before[id] : -.infinity))
        }
        var few = [Float](repeating: 1, count: 99)
        try constraint.mask().apply(to: &few)
        #expect(few.filter { $0 == 1 }.count == 1)
    }

    @Test("An end token may come exactly where the text can end, and nothing after it")
    func ends() throws {
        let spellings = try TokenSpellings(.byte(ByteTokenizer()))
        var constraint = try TokenConstraint(
            TextGrammar("root ::= \"ab\" \"\\n\"?"), spellings: spellings, endTokens: [10])
        #expect(throws: ConstraintError.notAllowed(token: 10)) { try constraint.advance(by: 10) }
        #expect(throws: ConstraintError.notAllowed(token: 98)) { try constraint.advance(by: 98) }
        #expect(throws: ConstraintError.notAllowed(token: 999)) { try constraint.advance(by: 999) }
        try constraint.advance(by: 97)
        #expect(try constraint.mask().tokens == [98])
        try constraint.advance(by: 98)
        #expect(try constraint.mask().tokens == [10])
        #expect(try constraint.isComplete() && constraint.canEnd)
        try constraint.advance(by: 10)
        #expect(try constraint.mask().isEmpty)
        #expect(throws: ConstraintError.notAllowed(token: 97)) { try constraint.advance(by: 97) }
    }

    @Test("What a vocabulary cannot spell is left out, or refused")
    func unspellable() throws {
        let letters = SavedTokenizer.character(try CharacterTokenizer(text: "abé"))
        let spellings = try TokenSpellings(letters)
        #expect(throws: ConstraintError.unspellable) {
            try TokenConstraint(TextGrammar("root ::= \"a{\""), spellings: spellings)
        }
        var open = try TokenConstraint(
            TextGrammar("root ::= \"a\" \"{\" | \"b\""), spellings: spellings)
        #expect(try open.mask().tokens.map { letters.token(of: $0) } == ["b"])
        // Both bytes of Ã occur in these letters, so that only the step before it shows what is missing.
        let more = SavedTokenizer.character(try CharacterTokenizer(text: "aéă"))
        var late = try TokenConstraint(
            TextGrammar("root ::= \"a\\u00c3\""), spellings: TokenSpellings(more))
        for token in try late.mask().tokens { try late.advance(by: token) }
        let said = sentence { _ = try late.mask() }
        #expect(said.contains("After 1 tokens the grammar needs the byte c3"), "\(said)")
    }

    @Test("A decoder that looks at the next token is refused by name")
    func decoders() throws {
        let said = sentence { _ = try TokenSpellings(recordedTokenizer("pipeline-suffix")) }
        #expect(said.contains("BPEDecoder"), "\(said)")
    }

    @Test("Endless grammars go on when the table of states is full")
    func manyStates() throws {
        var constraint = try TokenConstraint(
            TextGrammar("root ::= (\"a\" | \"b\"){60000}"),
            spellings: TokenSpellings(.byte(ByteTokenizer())))
        for step in 0..<5000 {
            #expect(try constraint.mask().tokens == [97, 98])
            try constraint.advance(by: step % 2 == 0 ? 97 : 98)
        }
    }

    @Test("A text can be taken back to a place from before the table of states was begun anew")
    func placesAfterManyStates() throws {
        // After n letters a text may end with n of another one, so no two places have the same state.
        let constraint = try TokenConstraint(
            TextGrammar("root ::= \"a\" root \"b\" | \"c\""),
            spellings: TokenSpellings(.byte(ByteTokenizer())))
        func afterLetters(_ count: Int) throws -> TokenConstraint {
            var text = constraint
            for _ in 0..<count { try text.advance(by: 97) }
            return text
        }
        var text = constraint
        var places: [TokenConstraint.Place] = []
        for _ in 0..<900 {
            places.append(text.place)
            #expect(try text.mask().tokens == [97, 99])
            try text.advance(by: 97)
        }
        for count in [0, 1, 500, 511, 512, 513, 899] {
            text.place = places[count]
            #expect(text.grammarState == (try afterLetters(count).grammarState))
            try text.advance(by: 99)
            for _ in 0..<count {
                #expect(try text.mask().tokens == [98])
                try text.advance(by: 98)
            }
            #expect(try text.isComplete())
        }
    }

    private static let vocabulary = "../shared/data/gpt2.tiktoken"

    @Test(
        "With GPT-2's vocabulary of 50,257 tokens every drawn text is valid",
        .enabled(
            if: FileManager.default.fileExists(atPath: Self.vocabulary),
            "../shared/data/gpt2.tiktoken is not there"))
    func largeVocabulary() throws {
        let tokenizer = try TokenizerFile.read(at: Self.vocabulary)
        let spellings = try TokenSpellings(tokenizer)
        let schema =
            #"{"type":"object","properties":{"a":{"type":"string","maxLength":9},"b":{"type":"integer"}}}"#
        let value = try JSONValue(Array(schema.utf8))
        let constraint = try TokenConstraint(
            JSONSchemaGrammar.grammar(of: schema.utf8), spellings: spellings)
        var random = RandomSource(seed: 4)
        for _ in 0..<5 {
            let drawn = try DrawnText(constraint, tokenizer: tokenizer, random: &random)
            let written = try JSONValue(Array(drawn.text.utf8))
            #expect(drawn.isWhole && SchemaValidator(root: value).isValid(written, value))
        }
    }
}
