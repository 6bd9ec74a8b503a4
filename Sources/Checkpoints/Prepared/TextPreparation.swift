public import AttendText
internal import Foundation

/// Encodes a text of any size into files of ids, from which a model learns without holding them in memory.
///
/// The text is read twice, for a vocabulary of byte pairs a third time; memory does not grow with it, but for a byte
/// for each document and about 40 more for each different one where duplicates are left out.
public struct TextPreparation: Sendable {
    /// How text becomes ids.
    public enum Vocabulary: Sendable {
        /// A token for each character that occurs.
        case characters
        /// A token for each byte of UTF-8.
        case bytes
        /// So many common pieces of words, learnt from a part of the text.
        case bytePairs(Int)
        /// A tokenizer that exists.
        case saved(SavedTokenizer)
    }

    /// What is going on.
    public enum Stage: Sendable {
        /// The documents are found and counted.
        case reading
        /// A part of the text is collected, from which a vocabulary is learnt.
        case sampling
        /// The ids are written.
        case encoding
    }

    /// A text file, a `.jsonl` file or a folder of such.
    public var source: String
    /// How text becomes ids.
    public var vocabulary: Vocabulary
    /// What stands between the documents of a text file, and ends each where it is learnt; nil for the usual.
    public var separator: String?
    /// The share of documents that is kept for validation; of the text, where that is one whole.
    public var heldOut = 0.1
    /// Whether documents that occurred before are left out.
    public var deduplicates = false
    /// The most ids in a file.
    public var shardTokens = 1 << 26
    /// What decides which documents are for validation.
    public var seed: UInt64 = 1

    /// How many bytes of text a vocabulary is learnt from at most, spread evenly over all of it.
    public static let largestTextSample = 64 << 20

    /// A preparation with the usual settings.
    public init(source: String, vocabulary: Vocabulary) {
        self.source = source
        self.vocabulary = vocabulary
    }

    /// Writes a prepared folder, which is there once all of it is.
    ///
    /// - Parameters:
    ///   - path: a folder that does not exist, or is empty.
    ///   - progress: told the stage and how many of how many bytes are read; false ends the work.
    /// - Returns: the folder, and sentences for the user.
    /// - Throws: `CancellationError` where `progress` ended it; `CheckpointError`, `DataError` and `TokenizerError`
    ///   for what cannot be used.
    public func write(
        to path: String, progress: (Stage, Int, Int) -> Bool = { _, _, _ in true }
    ) throws -> (prepared: PreparedText, notices: [String]) {
        let directory = try NewDirectory(at: path, in: DiskFileSystem())
        let stream = try TextStream(source: source, separator: separator)
        func step(_ stage: Stage, _ done: Int) throws {
            guard progress(stage, done, stream.byteCount) else { throw CancellationError() }
        }
        var countsCharacters = false
        if case .characters = vocabulary { countsCharacters = true }
        let survey = try TextSurvey(
            stream, seed: seed, heldOut: heldOut, deduplicates: deduplicates,
            countsCharacters: countsCharacters, progress: { try step(.reading, $0) })
        let parts = PartReader(
            stream: stream, survey: survey,
            trainingCharacters: Int(Double(survey.characterCount) * (1 - heldOut)))
        if !stream.hasDocuments {
            guard parts.trainingCharacters > 0, parts.trainingCharacters < survey.characterCount
            else {
                throw DataError.tooShort(
                    source: source, tokens: survey.characterCount, needed: 2, context: 1)
            }
        }
        let tokenizer = try tokenizer(survey, parts) { try step(.sampling, $0) }
        let mark = try DocumentMark(stream, separator: separator, tokenizer: tokenizer)
        try directory.fill { folder in
            try write(
                parts, tokenizer: tokenizer, mark: mark, to: folder,
                progress: { try step(.encoding, $0) })
        }
        var notices: [String] = []
        if survey.tookLeast {
            notices.append(
                "No document came into validation by chance, so the one with the least hash was taken;"
                    + " with more documents, or a greater --held-out, the choice does not depend on the"
                    + " others.")
        }
        return (try PreparedText(at: path), notices)
    }

    /// How many documents there are, and how many of them are copies; nothing is written.
    package func counts() throws -> (documents: Int, duplicates: Int) {
        let stream = try TextStream(source: source, separator: separator)
        let survey = try TextSurvey(
            stream, seed: seed, heldOut: heldOut, deduplicates: deduplicates,
            countsCharacters: true, progress: { _ in })
        return (survey.fates.count, survey.duplicateCount)
    }

    private func tokenizer(
        _ survey: TextSurvey, _ parts: PartReader, progress: (Int) throws -> Void
    ) throws -> SavedTokenizer {
        switch vocabulary {
        case .saved(let tokenizer): return tokenizer
        case .bytes: return .byte(ByteTokenizer())
        case .characters:
            let mark = parts.stream.hasDocuments ? separator ?? DocumentMark.blankLine : ""
            return .character(
                try CharacterTokenizer(
                    characters: Array(Set(survey.characters).union(mark.unicodeScalars)).sorted()))
        case .bytePairs(let size):
            // One of so many pieces, so that they come from all of the text.
            let stride = (survey.byteCount + Self.largestTextSample - 1) / Self.largestTextSample
            var (texts, number) = ([String](), 0)
            try parts.read(progress) { event in
                guard case .piece(let bytes, isTraining: true) = event else { return }
                if number.isMultiple(of: stride) {
                    texts.append(String(decoding: bytes, as: UTF8.self))
                }
                number += 1
            }
            return .pipeline(
                try PipelineTokenizer.bytePairs(texts: texts, vocabularySize: size))
        }
    }

    private func write(
        _ parts: PartReader, tokenizer: SavedTokenizer, mark: DocumentMark?, to folder: String,
        progress: (Int) throws -> Void
    ) throws {
        let fileSystem = DiskFileSystem()
        let width = tokenizer.vocabularySize <= 1 << 16 ? 2 : 4
        func writer(_ name: String) throws -> TokenShardWriter {
            try TokenShardWriter(
                name, in: folder, width: width, shardTokens: shardTokens,
                hasDocuments: mark != nil, fileSystem: fileSystem)
        }
        var (training, validation) = (try writer("training"), try writer("validation"))
        let sha256 = try parts.read(progress) { event in
            func apply(to writer: inout TokenShardWriter) throws {
                switch event {
                case .begin: try writer.beginDocument()
                case .piece(let bytes, _):
                    try writer.append(
                        encoded(bytes, by: tokenizer), characters: bytes.characterCount,
                        bytes: bytes.count)
                case .end:
                    if let mark {
                        try writer.append(mark.ids, characters: 0, bytes: mark.byteCount)
                    }
                }
            }
            if event.isTraining { try apply(to: &training) } else { try apply(to: &validation) }
        }
        guard sha256 == parts.survey.sha256 else {
            throw CheckpointError(
                .damaged, path: source, "was changed while it was read; prepare it again")
        }
        let saved = [UInt8](tokenizer.json)
        try AtomicFile.write(
            saved, to: folder.appending(component: TokenManifest.tokenizerName), in: fileSystem)
        let manifest = TokenManifest(
            bytesPerToken: width, vocabularySize: tokenizer.vocabularySize,
            tokenizerSHA256: SHA256.hash(saved).hexadecimal, source: source, sourceSHA256: sha256,
            separator: mark?.text, separatorTokens: mark?.ids, heldOut: heldOut, seed: seed,
            duplicateCount: deduplicates ? parts.survey.duplicateCount : nil,
            training: try training.finish(), validation: try validation.finish())
        let place = folder.appending(component: TokenManifest.fileName)
        try manifest.validate(path: place)
        try AtomicFile.write(StrictJSON.encode(manifest, file: place), to: place, in: fileSystem)
    }

    private func encoded(_ bytes: [UInt8], by tokenizer: SavedTokenizer) throws -> [Int32] {
        do {
            return try tokenizer.encode(String(decoding: bytes, as: UTF8.self))
        } catch .unknownCharacter(let scalar, _, let size) {
            throw CheckpointError(
                .refused, path: source,
                "holds the character \(String(scalar).quoted), which is not among the \(size) that the"
                    + " tokenizer knows; give another --tokenizer")
        } catch {
            throw DataError.encoding(source: source, error)
        }
    }
}

/// What ends each document: a special token, or a text.
private struct DocumentMark {
    let text: String
    let ids: [Int32]
    /// How many bytes of text it is.
    let byteCount: Int

    static let blankLine = "\n\n"
    private static let endOfText = "<|endoftext|>"

    /// Nil where there are no documents.
    init?(_ stream: TextStream, separator: String?, tokenizer: SavedTokenizer) throws {
        guard stream.hasDocuments else { return nil }
        let usual = tokenizer.id(ofSpecial: Self.endOfText) == nil ? Self.blankLine : Self.endOfText
        text = separator ?? usual
        if let id = tokenizer.id(ofSpecial: text) {
            (ids, byteCount) = ([id], 0)
            return
        }
        do {
            ids = try tokenizer.encode(text)
        } catch {
            throw DataError.encoding(source: "The separator", error)
        }
        byteCount = text.utf8.count
        guard !ids.isEmpty else {
            throw DataError.outOfRange(
                name: "document separator", value: "without tokens in this tokenizer",
                accepted: "another --separator")
        }
    }
}
