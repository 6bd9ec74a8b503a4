import AttendText

extension FuzzTarget {
    /// What models learn from.
    static let dataTargets = [plainText, labelledTexts, translations]

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
}
