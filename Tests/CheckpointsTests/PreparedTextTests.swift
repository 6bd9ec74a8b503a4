import AttendCheckpoints
import AttendText
import Foundation
import Testing

@Suite("Texts prepared as files of ids")
struct PreparedTextTests {
    /// A folder of this test's own.
    private final class Folder {
        let path = NSTemporaryDirectory() + "attend-prepared-" + UUID().uuidString

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, _ name: String) throws -> String {
            let place = "\(path)/\(name)"
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: place).deletingLastPathComponent(),
                withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: place))
            return place
        }
    }

    private static let story = (0..<300).map { "The hare \($0 * 37 % 101) ran, and é was 😀.\r\n" }
        .joined()

    private func ids(_ part: TokenText.Part) throws -> [Int32] {
        try part.tokens.ids(in: 0..<part.tokens.count)
    }

    private func prepare(
        _ source: String, _ vocabulary: TextPreparation.Vocabulary = .characters, to out: String,
        _ change: (inout TextPreparation) -> Void = { _ in }
    ) throws -> PreparedText {
        var preparation = TextPreparation(source: source, vocabulary: vocabulary)
        change(&preparation)
        return try preparation.write(to: out).prepared
    }

    @Test(
        "A text that is one whole gives the ids, the parts and the batches that it gives in memory")
    func sameAsInMemory() throws {
        let folder = try Folder()
        let file = try folder.write("\u{FEFF}" + Self.story, "story.txt")
        let corpus = try Corpus.file(file)
        let pieces = try PipelineTokenizer.bytePairs(
            texts: [corpus.training], vocabularySize: 300)
        let tokenizers: [(TextPreparation.Vocabulary, SavedTokenizer)] = [
            (.characters, .character(try corpus.characterTokenizer())),
            (.bytes, .byte(ByteTokenizer())), (.bytePairs(300), .pipeline(pieces)),
            (.saved(.pipeline(pieces)), .pipeline(pieces)),
        ]
        for (number, (vocabulary, tokenizer)) in tokenizers.enumerated() {
            // Files so small that windows cross their borders.
            let prepared = try prepare(file, vocabulary, to: folder.path + "/out\(number)") {
                $0.shardTokens = 1000
            }
            #expect(prepared.tokenizer == tokenizer)
            #expect(prepared.manifest.training.shards.count > 1)
            let dataset = try corpus.dataset(tokenizer: tokenizer)
            #expect(try ids(prepared.text.training) == dataset.training)
            #expect(try ids(prepared.text.validation) == dataset.validation)
            #expect(
                prepared.manifest.training.characterCount == corpus.training.unicodeScalars.count)
            #expect(prepared.manifest.validation.byteCount == corpus.validation.utf8.count)
            let (stored, held) = (
                try prepared.text.trainingBatches(context: 24, rows: 3, seed: 7),
                try dataset.trainingBatches(context: 24, rows: 3, seed: 7)
            )
            for index in [0, 1, 500] {
                #expect(try stored.batch(at: index) == held.batch(at: index))
            }
            let evaluation = try prepared.text.validationBatches(context: 24, rows: 3)
            #expect(
                try evaluation.batches
                    == dataset.validationBatches(context: 24, rows: 3).batches)
            try prepared.verify()
        }
    }

    @Test("A long text in pieces has the ids of the whole")
    func pieces() throws {
        let folder = try Folder()
        var (text, number) = ("", 7)
        while text.utf8.count < 700_000 {
            number = number * 7919 % 10_007
            text +=
                number % 9 == 0
                ? "\n\n" : "\(["word", "Été", "of", "12,5"][number % 4])\(number % 13) "
        }
        let file = try folder.write(text, "long.txt")
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [text], vocabularySize: 400)
        let prepared = try prepare(file, .saved(.pipeline(tokenizer)), to: folder.path + "/out") {
            $0.heldOut = 0.0001
        }
        let whole = try tokenizer.encode(text)
        #expect(try whole.starts(with: ids(prepared.text.training).dropLast(8)))
    }

    /// Documents of a folder, by part, without their ends.
    private func documents(_ prepared: PreparedText) throws -> [[String]] {
        try [prepared.text.training, prepared.text.validation].map { part in
            let documents = try #require(part.documents)
            return try documents.starts.indices.map {
                let text = try prepared.tokenizer.decode(
                    part.tokens.ids(in: documents.range(of: $0)))
                #expect(text.hasSuffix(prepared.manifest.separator ?? ""))
                return String(text.dropLast(prepared.manifest.separator?.count ?? 0))
            }
        }
    }

    @Test(
        "Documents of .txt and .jsonl files and of separators, each once where duplicates are left out"
    )
    func manyDocuments() throws {
        let folder = try Folder()
        let lines = (0..<40).map { #"{"meta": [1], "text": "line \#($0)\r\nend"}"# } + [""]
        _ = try folder.write(lines.joined(separator: "\n"), "in/b/lines.jsonl")
        _ = try folder.write("one%%two%%%%line 3\nend%%three", "in/a.txt")
        _ = try folder.write("never", "in/.hidden.txt")
        _ = try folder.write("never", "in/other.md")
        let all = (0..<40).map { "line \($0)\nend" } + ["one", "two", "three"]
        for deduplicates in [false, true] {
            let prepared = try prepare(
                folder.path + "/in", .bytes, to: folder.path + "/out\(deduplicates)"
            ) {
                $0.separator = "%%"
                $0.deduplicates = deduplicates
                $0.heldOut = 0.3
            }
            let parts = try documents(prepared)
            #expect(parts.allSatisfy { !$0.isEmpty })
            let expected = all + (deduplicates ? [] : ["line 3\nend"])
            #expect(parts.joined().sorted() == expected.sorted())
            #expect(Set(parts[0]).isDisjoint(with: parts[1]), "copies are on one side")
            #expect(prepared.manifest.duplicateCount == (deduplicates ? 1 : nil))
            #expect(prepared.manifest.training.documentCount == parts[0].count)
        }
    }

    @Test("More documents move none from its part, and another seed moves some")
    func heldOut() throws {
        let folder = try Folder()
        func parts(_ count: Int, seed: UInt64) throws -> [[String]] {
            let text = (0..<count).map { "document \($0)" }.joined(separator: "\n\n")
            let file = try folder.write(text, "in\(count)-\(seed).txt")
            return try documents(
                prepare(file, .bytes, to: folder.path + "/out\(count)-\(seed)") {
                    ($0.separator, $0.seed) = ("\n\n", seed)
                })
        }
        let (few, many) = (try parts(100, seed: 1), try parts(200, seed: 1))
        #expect(Set(few[1]).isSubset(of: many[1]) && Set(few[0]).isSubset(of: many[0]))
        #expect((8...35).contains(many[1].count))
        #expect(try parts(100, seed: 2)[1] != few[1])
    }

    @Test("Batches of documents start at documents, and a row of its own for each sees no other")
    func documentBatches() throws {
        let folder = try Folder()
        let text = (0..<60).map { "document number \($0)" }.joined(separator: "\n\n")
        let prepared = try prepare(
            folder.write(text, "in.txt"), .bytes, to: folder.path + "/out"
        ) { $0.separator = "\n\n" }
        let training = try ids(prepared.text.training)
        let inMemory = TokenDataset(
            training: training, validation: try ids(prepared.text.validation),
            documentSeparator: Array("\n\n".utf8).map(Int32.init))
        for packing in Packing.allCases {
            let (stored, held) = (
                try prepared.text.trainingBatches(context: 16, rows: 4, seed: 3, packing: packing),
                try inMemory.tokenText.trainingBatches(
                    context: 16, rows: 4, seed: 3, packing: packing)
            )
            for index in [0, 3, 77] {
                #expect(try stored.batch(at: index) == held.batch(at: index))
            }
        }
    }

    @Test("Text that cannot be used is refused with its place, and leaves nothing behind")
    func refusedTexts() throws {
        let folder = try Folder()
        func problem(_ source: String, _ change: (inout TextPreparation) -> Void = { _ in })
            -> String
        {
            do {
                _ = try prepare(source, to: folder.path + "/out", change)
                return "nothing"
            } catch { return "\(error)" }
        }
        #expect(try problem(folder.write("", "empty.txt")).contains("is empty"))
        #expect(try problem(folder.write("x", "short.txt")).contains("1 token"))
        #expect(try problem(folder.write("a\u{0}b", "zero.txt")).contains("byte 1 is NUL"))
        try Data([0x61, 0x0A, 0xFF, 0x61]).write(to: URL(fileURLWithPath: folder.path + "/bad.txt"))
        #expect(problem(folder.path + "/bad.txt").contains("byte 2, on line 2"))
        #expect(
            try problem(folder.write("{\"text\": \"a\"}\n{\"txt\": 1}", "a.jsonl"))
                .contains("line 2 has no text"))
        #expect(try problem(folder.write("{\"text\"", "b.jsonl")).contains("line 1 "))
        #expect(problem(folder.path + "/none.txt").contains("none.txt"))
        #expect(
            try problem(folder.write("only", "only.txt")) { $0.separator = "%" }
                .contains("all would be held out"))
        let abc = SavedTokenizer.character(try CharacterTokenizer(text: "abc"))
        #expect(
            try problem(folder.write("abcé", "unknown.txt")) { $0.vocabulary = .saved(abc) }
                .contains("is not among the 3"))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.hasPrefix("out") })
    }

    @Test("SAFETY: Training. Bad JSONL line k: error with the line", arguments: [1, 2, 57])
    func badLine(number: Int) throws {
        let folder = try Folder()
        for bad in ["{\"text\": \"a", "{\"txt\": \"a\"}", "[1]", "{\"text\": 7}", "nothing"] {
            var lines = [String](repeating: "{\"text\": \"good\"}", count: 60)
            lines[number - 1] = bad
            let file = try folder.write(lines.joined(separator: "\n"), "lines.jsonl")
            var problem = ""
            do {
                _ = try prepare(file, to: folder.path + "/out")
            } catch { problem = "\(error)" }
            #expect(problem.contains("lines.jsonl: line \(number) "), "\(bad): \(problem)")
        }
    }

    @Test("What was damaged since is noticed")
    func damage() throws {
        let folder = try Folder()
        let out = folder.path + "/out"
        let file = try folder.write(Self.story, "story.txt")
        _ = try prepare(file, to: out)
        func problem(_ name: String, _ change: (inout Data) -> Void) throws -> String {
            let url = URL(fileURLWithPath: "\(out)/\(name)")
            let before = try Data(contentsOf: url)
            defer { try? before.write(to: url) }
            var data = before
            change(&data)
            try data.write(to: url)
            do {
                let prepared = try PreparedText(at: out)
                try prepared.verify()
                _ = try ids(prepared.text.training)
                return "nothing"
            } catch { return "\(error)" }
        }
        #expect(try problem("training-00000.bin") { $0.removeLast() }.contains("tokens of 2 bytes"))
        #expect(try problem("training-00000.bin") { $0[10] ^= 1 }.contains("SHA-256 differs"))
        #expect(try problem("tokenizer.json") { $0[$0.count - 4] ^= 1 }.contains("tokenizer.json"))
        #expect(try problem("manifest.json") { $0.removeFirst(30) }.contains("manifest.json"))
        // An id that no tokenizer has is found where it is read, without the hashes.
        let prepared = try PreparedText(at: out)
        let place = URL(fileURLWithPath: out + "/training-00000.bin")
        let handle = try FileHandle(forWritingTo: place)
        try handle.write(contentsOf: Data([0xFF, 0xFF]))
        try handle.close()
        #expect(throws: CheckpointError.self) { try prepared.text.training.tokens.ids(in: 0..<4) }
    }

    @Test("Work that is stopped leaves nothing behind")
    func cancellation() throws {
        let folder = try Folder()
        let file = try folder.write(Self.story, "story.txt")
        let preparation = TextPreparation(source: file, vocabulary: .characters)
        #expect(throws: CancellationError.self) {
            try preparation.write(to: folder.path + "/out") { stage, _, _ in stage == .reading }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["story.txt"])
    }
}
