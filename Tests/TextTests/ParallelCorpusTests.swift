import AttendText
import Foundation
import Testing

/// Runs `body` with the path of a new directory that holds the given files, and removes it afterwards.
func withFiles<T>(_ files: [String: String], _ body: (String) throws -> T) throws -> T {
    let path = NSTemporaryDirectory() + "attend-files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    for (name, text) in files {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    }
    return try body(path)
}

@Suite("Pairs of sentences from files")
struct ParallelCorpusTests {
    static let files = [
        "train.de": "Ja.\r\n  Ein Hund. \nNein.\n", "train.en": "Yes.\nA dog.\nNo.",
        "val.de": "Zwei\n", "val.en": "Two\n",
        "test_b.de": "Drei", "test_b.en": "Three", "test_a.de": "Vier", "test_a.en": "Four",
        "notes.txt": "", "train.de.gz": "x",
    ]

    /// The sentence of the error of reading these files as a directory, its path replaced by `D`.
    private func sentence(
        _ changes: [String: String], without removed: [String] = [], source: String? = nil,
        target: String? = nil
    ) throws -> String {
        var files = Self.files
        for (name, text) in changes { files[name] = text }
        for name in removed { files[name] = nil }
        return try withFiles(files) { path in
            do {
                let corpus = try ParallelCorpus.directory(
                    path, sourceName: source, targetName: target)
                _ = try PairDataset(
                    corpus,
                    tokenizer: CharacterTokenizer(
                        text: "JaEinHu.Nd ZweiDrVYesAogToThFu", specialTokens: SpecialTokens.texts),
                    sourceLimit: 20, targetLimit: 20)
                return "no error"
            } catch let error as DataError {
                return "\(error)".replacingOccurrences(of: path, with: "D")
            }
        }
    }

    @Test("A directory's files give the three parts, in either direction")
    func directory() throws {
        try withFiles(Self.files) { path in
            let corpus = try ParallelCorpus.named(path)
            #expect(corpus.name == path && !corpus.isExact)
            #expect(corpus.sourceName == "de" && corpus.targetName == "en")
            #expect(corpus.training.map(\.source) == ["Ja.", "Ein Hund.", "Nein."])
            #expect(corpus.training.map(\.target) == ["Yes.", "A dog.", "No."])
            #expect(corpus.validation == [SentencePair(source: "Zwei", target: "Two")])
            #expect(corpus.test.map(\.target) == ["Four", "Three"])
            #expect(Array(corpus.trainingTexts).count == 6)

            for (source, target) in [("en", "de"), ("en", nil), (nil, "de")] {
                let turned = try ParallelCorpus.directory(
                    path, sourceName: source, targetName: target)
                #expect(turned.sourceName == "en" && turned.targetName == "de")
                #expect(
                    turned.training
                        == corpus.training.map {
                            SentencePair(source: $0.target, target: $0.source)
                        })
            }
        }
    }

    @Test("Without validation files, some of the training sentences are held out")
    func heldOut() throws {
        let numbers = (1...60).map { "\($0 % 50)\n" }.joined()
        try withFiles(["train.a": numbers, "train.b": numbers]) { path in
            let corpus = try ParallelCorpus.directory(path, seed: 3)
            #expect(corpus.test.isEmpty)
            #expect(Set(corpus.validation).count == 2)
            #expect(corpus.training.count + corpus.validation.count == 60)
            #expect(Set(corpus.training).isDisjoint(with: corpus.validation))
        }
    }

    @Test("A table is divided by its sources, whatever their order")
    func table() throws {
        let lines = (1...200).map { "source \($0 % 120)\ttarget \($0)" }
        func corpus(_ lines: [String], seed: UInt64) throws -> ParallelCorpus {
            try withFiles(["pairs.tsv": lines.joined(separator: "\n") + "\n"]) { path in
                try ParallelCorpus.named(path + "/pairs.tsv", seed: seed)
            }
        }
        let first = try corpus(lines, seed: 1)
        let parts = [first.training, first.validation, first.test]
        #expect(parts.joined().count == 200)
        let sources = parts.map { Set($0.map(\.source)) }
        #expect(sources.map(\.count) == [108, 6, 6])
        #expect(sources[0].union(sources[1]).union(sources[2]).count == 120)
        let turned = try corpus(lines.reversed(), seed: 1)
        #expect(Set(turned.validation) == Set(first.validation))
        #expect(Set(turned.test) == Set(first.test))
        #expect(try corpus(lines, seed: 2).test != first.test)
    }

    @Test("Faults of a directory are errors that name the file and the line")
    func directoryFaults() throws {
        #expect(try sentence([:]) == "no error")
        #expect(
            try sentence(["train.en": "Yes.\nA dog.\nNo.\nNo."])
                == "The file \"D/train.de\" has 3 lines, but \"D/train.en\" has 4; each line of one must be "
                + "the translation of the same line of the other.")
        #expect(
            try sentence(["train.en": "Yes.\n \t\nNo."])
                == "Line 2 of the file \"D/train.en\" is empty; remove it there and in \"D/train.de\", or "
                + "fill in both.")
        #expect(
            try sentence(["val.de": "\n"]).hasPrefix("Line 1 of the file \"D/val.de\" is empty"))
        #expect(try sentence(["val.de": ""]).hasPrefix("The file \"D/val.de\" is empty"))
        #expect(try sentence([:], without: ["val.en"]).hasPrefix("There is no file at \"D/val.en"))
        #expect(
            try sentence([:], without: ["test_a.de"]).hasPrefix("There is no file at \"D/test_a.de")
        )
        #expect(
            try sentence(["train.fr": "Oui."])
                == "The directory \"D\" has train.de, train.en, train.fr; name the source and the target "
                + "language.")
        #expect(try sentence(["train.fr": "Oui."], source: "en", target: "de") == "no error")
        #expect(
            try sentence([:], without: ["train.de"])
                == "The directory \"D\" has only train.en; expected two such as train.de and train.en."
        )
        #expect(
            try sentence([:], without: ["train.de", "train.en"])
                == "The directory \"D\" has no file train.LANGUAGE; expected two such as train.de and "
                + "train.en.")
        #expect(
            try sentence([:], source: "e")
                == "The directory \"D\" has no other file train.e; expected two different ones of: de, en."
        )
        #expect(
            try sentence([:], source: "deu")
                == "The directory \"D\" has no other file train.deu; did you mean \"de\"?")
        #expect(
            try sentence([:], source: "de", target: "de")
                == "The directory \"D\" has no other file train.de; expected two different ones of: de, en."
        )
        #expect(
            try sentence(["train.en": "Yes.\nA qog.\nNo."])
                == "The file \"D/train.en\": Line 2 holds the character \"q\" (U+0071 LATIN SMALL LETTER Q), "
                + "which is not among the 25 characters this tokenizer knows; remove it, or train on text "
                + "that contains it.")
    }

    @Test("Faults of a table are errors that name the file and the line")
    func tableFaults() throws {
        func sentence(_ text: String) throws -> String {
            try withFiles(["t.tsv": text]) { path in
                do {
                    _ = try ParallelCorpus.table(path + "/t.tsv")
                    return "no error"
                } catch {
                    return "\(error)".replacingOccurrences(of: path, with: "D")
                }
            }
        }
        #expect(try sentence("a\tb\nc\td\ne\tf\n") == "no error")
        #expect(
            try sentence("a\tb\nc d\n")
                == "Line 2 of the file \"D/t.tsv\" has no tabs; expected exactly one, between its two "
                + "columns.")
        #expect(
            try sentence("a\tb\tc\n")
                == "Line 1 of the file \"D/t.tsv\" has 2 tabs; expected exactly one, between its two "
                + "columns.")
        #expect(
            try sentence("a\tb\n\nc\td").hasPrefix("Line 2 of the file \"D/t.tsv\" has no tabs"))
        let half = "has nothing on one side of its tab; fill in both columns, or remove the line."
        #expect(try sentence("a\t b\n\tb") == "Line 2 of the file \"D/t.tsv\" \(half)")
        #expect(try sentence("a\t \n") == "Line 1 of the file \"D/t.tsv\" \(half)")
        #expect(
            try sentence("a\tb\na\tc\nd\te\n")
                == "The file \"D/t.tsv\" has 2 different examples, but its parts for training, validation "
                + "and test need at least 3.")
    }

    @Test("An unknown name is an error that suggests the nearest one")
    func unknown() {
        #expect(
            throws: DataError.unknownName(
                "revers", suggestion: "reverse", known: ParallelCorpus.builtInNames)
        ) { try ParallelCorpus.named("revers") }
        #expect(throws: DataError.missing(path: "./copy")) { try ParallelCorpus.named("./copy") }
        #expect(throws: DataError.self) { try ParallelCorpus.named("") }
        #expect(throws: DataError.self) { try ParallelCorpus.directory("/no/such/place") }
    }
}
