/// The two files that GPT-2 and its kin came with: `vocab.json`, tokens with their ids, and `merges.txt`,
/// two tokens to a line.
///
/// Which tokens are special is not written there. A token of several characters that no merge makes can
/// come from no text, so it is one.
///
/// - Source: the files of GPT-2 and RoBERTa, as Hugging Face publishes them.
package enum MergesFile {
    /// Reads both files.
    ///
    /// - Parameter pattern: how text is divided.
    /// - Throws: ``TokenizerError/invalid(_:)`` that names the token or merge and what is wrong with it.
    package static func read(
        vocabulary: [UInt8], merges: [UInt8], pattern: WordPattern = .gpt2
    ) throws(TokenizerError) -> PipelineTokenizer {
        let value: JSONValue
        do {
            value = try JSONValue(vocabulary)
        } catch {
            throw .invalid(
                "The vocabulary is not valid JSON (byte \(error.offset)): \(error.message).")
        }
        let fields = try ComponentFields(.fields(["vocab": value]), path: "")
        let plain = try fields.vocabulary(reserved: [])
        for byte in UInt8.min...UInt8.max where plain.id(of: ByteAlphabet.text(of: [byte])) == nil {
            throw .invalid(
                "The vocabulary has no token \(ByteAlphabet.text(of: [byte]).quoted) for the byte \(byte); "
                    + "of a vocabulary that is not of bytes, give its tokenizer.json.")
        }
        let pairs = try pairs(merges, plain)
        var special = Set(
            plain.tokens.filter { $0.text.unicodeScalars.count > 1 }.map { Int32($0.id) })
        for pair in pairs {
            guard let left = plain.bytes(of: pair.left), let right = plain.bytes(of: pair.right),
                let made = plain.id(of: left + right)
            else { continue }
            special.remove(made)
        }
        let model = try BytePairModel(
            vocabulary: Vocabulary(plain.tokens, reserved: special), merges: pairs)
        var added: [AddedToken] = []
        for id in special.sorted() {
            added.append(AddedToken(id: id, content: plain.text(of: id) ?? ""))
        }
        return try PipelineTokenizer(
            preTokenizer: .byteLevel(dividedBy: pattern), model: .bytePair(model),
            decoder: .byteLevel(ByteLevelSettings(addsPrefixSpace: false)), addedTokens: added)
    }

    private static func pairs(
        _ file: [UInt8], _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> [TokenPair] {
        var pairs: [TokenPair] = []
        for (index, line) in file.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.isEmpty || index == 0 && line.starts(with: "#version".utf8) { continue }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw .invalid("Line \(index + 1) of the merges is not valid UTF-8.")
            }
            pairs.append(try vocabulary.pair(text, rank: pairs.count))
        }
        return pairs
    }
}
