import AttendCheckpoints
import AttendText
import Foundation

extension FuzzTarget {
    /// What models learn from.
    static let dataTargets = [
        plainText, labelledTexts, translations, preparedLines, tokenManifest, tokenFiles,
    ]

    private static let plainText = FuzzTarget(
        name: "text", words: ["\n\n", "\r\n", "\u{FEFF}", "\u{2028}"]
    ) { _, path in
        let text = try TextFile.read(path)
        let tokenizer = try CharacterTokenizer(texts: [text], specialTokens: [])
        _ = tokenizer.decode(try tokenizer.encode(text))
    }

    private static let labelledTexts = FuzzTarget(
        name: "labelled-texts", words: ["\t", "\n", "yes\t", "no\t"]
    ) { _, path in
        _ = try LabelledTexts.table(path)
    }

    private static let translations = FuzzTarget(
        name: "translations", words: ["\t", "\n", "\r\n", " \t "]
    ) { _, path in
        _ = try ParallelCorpus.table(path)
    }

    private static let preparedLines = FuzzTarget(
        name: "prepared-jsonl",
        words: ["{\"text\": \"", "\"}\n", "\\n", "\r\n", "\\ud83d\\ude00", "text"],
        fileName: "in.jsonl"
    ) { _, path in
        var preparation = TextPreparation(source: path, vocabulary: .characters)
        preparation.deduplicates = true
        _ = try preparation.counts()
    }

    private static let tokenManifest = FuzzTarget(
        name: "token-manifest",
        words: [
            "formatVersion", "bytesPerToken", "vocabularySize", "separatorTokens", "shards",
            "tokenCount", "documentsSHA256", "training", "validation",
        ], fileName: "prepared/manifest.json", prepare: { try prepareTokens(in: $0) }
    ) { _, path in
        let prepared = try PreparedText(at: String(path.dropLast("/manifest.json".utf8.count)))
        let batches = try prepared.text.trainingBatches(context: 4, rows: 2, seed: 1)
        _ = try batches.batch(at: 0)
    }

    private static let tokenFiles = FuzzTarget(
        name: "token-places", fileName: "prepared/training-documents.bin",
        prepare: { try prepareTokens(in: $0) }
    ) { _, path in
        let folder = String(path.dropLast("/training-documents.bin".utf8.count))
        let prepared = try PreparedText(at: folder)
        let batches = try prepared.text.trainingBatches(context: 4, rows: 2, seed: 1)
        _ = try batches.batch(at: 0)
    }

    /// What lies beside the file under test: a folder of ten documents.
    private static func prepareTokens(in directory: String) throws {
        let source = directory + "/source.txt"
        try AtomicFile.write((0..<10).map { "ab\($0)" }.joined(separator: "%"), to: source)
        var preparation = TextPreparation(source: source, vocabulary: .bytes)
        preparation.separator = "%"
        preparation.heldOut = 0.3
        _ = try preparation.write(to: directory + "/made")
        for name in try FileManager.default.contentsOfDirectory(atPath: directory + "/made") {
            let place = "\(directory)/prepared/\(name)"
            // The input's own file is there and stays.
            if FileManager.default.fileExists(atPath: place) { continue }
            try FileManager.default.moveItem(atPath: "\(directory)/made/\(name)", toPath: place)
        }
    }
}
