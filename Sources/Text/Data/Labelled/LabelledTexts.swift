/// A text and the class to which it belongs.
public struct LabelledText: Hashable, Sendable {
    /// The number of the class in ``LabelledTexts/labels``.
    public let label: Int

    /// The text.
    public let text: String

    /// A text of this class.
    public init(label: Int, text: String) {
        (self.label, self.text) = (label, text)
    }
}

/// Texts to be classified: the names of their classes, and their three parts.
public struct LabelledTexts: Hashable, Sendable {
    /// The name of a built-in task, or the path of a file.
    public let name: String

    /// The names of the classes.
    public let labels: [String]

    /// The texts to train on.
    public let training: [LabelledText]

    /// The texts to validate on.
    public let validation: [LabelledText]

    /// The texts to measure the finished model on.
    public let test: [LabelledText]

    /// The line of each text of each part, for messages.
    let lines: [HeldOut.Part: [Int]]

    /// Texts of these classes; a label counts from 0 in `labels`.
    public init(
        name: String, labels: [String], training: [LabelledText], validation: [LabelledText],
        test: [LabelledText] = []
    ) {
        self.init(
            name: name, labels: labels,
            parts: [.training: training, .validation: validation, .test: test], lines: [:])
    }

    private init(
        name: String, labels: [String], parts: [HeldOut.Part: [LabelledText]],
        lines: [HeldOut.Part: [Int]]
    ) {
        (self.name, self.labels, self.lines) = (name, labels, lines)
        training = parts[.training] ?? []
        validation = parts[.validation] ?? []
        test = parts[.test] ?? []
        for text in training + validation + test {
            precondition(labels.indices.contains(text.label), "A text's label must be in the list.")
        }
    }

    /// The names that ``named(_:seed:trainingCount:validationCount:testCount:)`` knows.
    public static let builtInNames = ["grammars"]

    /// The built-in task of this name or, where there is none, the file at this path.
    ///
    /// `grammars` has short sentences in two orders, with the same words equally often in both:
    ///
    /// - `verb-middle`: who acts, the verb, on what; adjectives before their noun: `the red dog helps this cat`.
    /// - `verb-last`: who acts, on what, the verb; adjectives after their noun: `the dog red this cat helps`.
    ///
    /// The words alone tell nothing, so a model must look at their order. No sentence occurs twice, nor does it stand
    /// in another part in the other order. See ``table(_:seed:)`` for files; one called like a task is `./NAME`.
    ///
    /// - Throws: ``DataError``, with the nearest known name where there is nothing of this name.
    public static func named(
        _ name: String, seed: UInt64 = 0, trainingCount: Int = 10_000, validationCount: Int = 500,
        testCount: Int = 500
    ) throws(DataError) -> LabelledTexts {
        if name == "grammars" {
            try validateCounts(trainingCount, validationCount, testCount)
            func texts(_ part: HeldOut.Part, _ count: Int) -> [LabelledText] {
                Task.grammars.pairs(part, count: count, seed: seed).map {
                    LabelledText(
                        label: WordOrder.labels.firstIndex(of: $0.target)!, text: $0.source)
                }
            }
            return LabelledTexts(
                name: name, labels: WordOrder.labels, training: texts(.training, trainingCount),
                validation: texts(.validation, validationCount), test: texts(.test, testCount))
        }
        do {
            return try table(name, seed: seed)
        } catch .missing where !name.contains("/") {
            throw .unknownName(
                name, suggestion: nearestName(to: name, in: builtInNames), known: builtInNames)
        }
    }

    /// A file with a label and a text on each line, and a tab between them.
    ///
    /// Classes are in alphabetical order of their labels. One in twenty of the different texts (at most 1,000) is for
    /// validation, and as many for the test; the text alone and the seed decide which.
    ///
    /// - Throws: ``DataError`` that names the file and the line.
    public static func table(_ path: String, seed: UInt64 = 0) throws(DataError) -> LabelledTexts {
        let rows = try tableLines(of: path)
        for (index, row) in rows.enumerated() where row.0.isEmpty || row.1.isEmpty {
            throw .emptySide(path: path, line: index + 1, other: path)
        }
        let labels = Set(rows.map(\.0)).sorted()
        guard labels.count > 1 else { throw .oneLabel(path: path, label: labels.first ?? "") }
        guard let parts = HeldOut.parts(of: rows.map(\.1), seed: seed, hasTest: true) else {
            throw .tooFewExamples(path: path, count: Set(rows.map(\.1)).count, needed: 3)
        }
        let numbers = [String: Int](uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        var texts: [HeldOut.Part: [LabelledText]] = [:]
        var lines: [HeldOut.Part: [Int]] = [:]
        for (index, part) in parts.enumerated() {
            texts[part, default: []].append(
                LabelledText(label: numbers[rows[index].0]!, text: rows[index].1))
            lines[part, default: []].append(index + 1)
        }
        return LabelledTexts(name: path, labels: labels, parts: texts, lines: lines)
    }

    /// The same texts, with labels numbered as in the list that a model learnt.
    ///
    /// - Throws: ``DataError/unknownLabel(_:source:known:)`` for a label that is not in the list.
    public func relabelled(_ known: [String]) throws(DataError) -> LabelledTexts {
        var numbers: [Int] = []
        for label in labels {
            guard let number = known.firstIndex(of: label) else {
                throw .unknownLabel(label, source: name, known: known)
            }
            numbers.append(number)
        }
        func relabelled(_ texts: [LabelledText]) -> [LabelledText] {
            texts.map { LabelledText(label: numbers[$0.label], text: $0.text) }
        }
        return LabelledTexts(
            name: name, labels: known,
            parts: [
                .training: relabelled(training), .validation: relabelled(validation),
                .test: relabelled(test),
            ], lines: lines)
    }

    /// A tokenizer with one token for each character of these texts, and the special tokens.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where there is no character.
    public func characterTokenizer() throws(TokenizerError) -> CharacterTokenizer {
        try CharacterTokenizer(
            texts: [training, validation, test].joined().lazy.map(\.text),
            specialTokens: SpecialTokens.texts)
    }

    /// A tokenizer with common pieces of the training texts, and the special tokens.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the size is out of range.
    public func bytePairTokenizer(vocabularySize: Int) throws(TokenizerError) -> PipelineTokenizer {
        try PipelineTokenizer.bytePairs(
            texts: training.lazy.map(\.text), vocabularySize: vocabularySize)
    }
}
