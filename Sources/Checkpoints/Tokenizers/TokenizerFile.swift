public import AttendText
internal import Foundation

/// Reads the files that describe a tokenizer.
public enum TokenizerFile {
    /// The largest file that is read, in bytes: vocabularies of 250,000 tokens take about 20 MB.
    public static let largestSize = 128 << 20

    /// Reads a `tokenizer.json`: one of our own, or one of Hugging Face tokenizers.
    ///
    /// - Throws: ``CheckpointError`` that names the file and its fault.
    public static func readJSON(
        at path: String, followingLinks: Bool = true
    ) throws(CheckpointError) -> SavedTokenizer {
        let bytes = try InputFile(path: path, followingLinks: followingLinks)
            .bytes(atMost: largestSize)
        return try reading(path) { () throws(TokenizerError) in
            try SavedTokenizer(json: Data(bytes))
        }
    }

    /// Turns what is wrong with a tokenizer into an error about its file.
    static func reading<Result>(
        _ path: String, _ body: () throws(TokenizerError) -> Result
    ) throws(CheckpointError) -> Result {
        do {
            return try body()
        } catch {
            let sentence = "\(error)"
            throw CheckpointError(
                .malformed, path: path,
                sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence)
        }
    }
}
