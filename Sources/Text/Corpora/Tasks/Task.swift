/// A task that a program solves exactly: a rule that draws a question and knows its one right answer.
struct Task: Sendable {
    /// A question with its answer.
    struct Example {
        let source: String
        let target: String
        /// Examples with the same key are the same at heart, and belong to the same part of the data.
        let key: String

        init(_ source: String, _ target: String, key: String? = nil) {
            (self.source, self.target, self.key) = (source, target, key ?? source)
        }
    }

    /// What the question is in.
    let sourceName: String

    /// What the answer is in.
    let targetName: String

    /// Draws an example.
    let draw: @Sendable (inout CounterRandom) -> Example

    /// Draws examples of one part, no source twice; fewer where the task has no more.
    func pairs(_ part: HeldOut.Part, count: Int, seed: UInt64) -> [SentencePair] {
        var pairs: [SentencePair] = []
        var seen: Set<String> = []
        var (stream, failures) = (UInt64(0), 0)
        // All parts read the same stream; each example's key says to which part it belongs.
        while pairs.count < count, failures < 50_000 {
            var random = CounterRandom(seed: seed, stream: stream, purpose: .tasks)
            stream += 1
            let example = draw(&random)
            if HeldOut.part(of: example.key, seed: seed) == part,
                seen.insert(example.source).inserted
            {
                pairs.append(SentencePair(source: example.source, target: example.target))
                failures = 0
            } else {
                failures += 1
            }
        }
        return pairs
    }
}

extension ParallelCorpus {
    /// The names that ``named(_:seed:trainingCount:validationCount:testCount:sourceName:targetName:)``
    /// knows, beside those of files and directories.
    public static let builtInNames = [
        "add", "copy", "dates", "modular", "phrases", "reverse", "sort",
    ]

    /// The built-in task of this name or, where there is none, the directory or table at this path.
    ///
    /// | task | source | target |
    /// |---|---|---|
    /// | `copy` | 1 to 12 letters and digits, such as `k3vb` | the same |
    /// | `reverse` | as in copy | from right to left: `bv3k` |
    /// | `sort` | as in copy | in ascending order, digits before letters: `3bkv` |
    /// | `add` | `123+456`, two numbers from 100 to 999 | `579`, the digits in the usual order |
    /// | `modular` | `17+58 mod 59`, two numbers from 0 to 58 | `16` |
    /// | `dates` | a day from 1900 to 2099 in one of ten forms, such as `March 5th, 2024` | `2024-03-05` |
    /// | `phrases` | a sentence in simple English | its translation into a made-up language; see `Phrases` |
    ///
    /// Each source has one right target. No source occurs twice, in one part or in two; nor does the same sum in
    /// another order (`456+123`) or the same day in another form stand in two parts. A task that has fewer
    /// sources than asked for gives all that it has: `modular` about 3,100, 170 and 170.
    ///
    /// A directory is read by ``directory(_:sourceName:targetName:seed:)``, a file by
    /// ``table(_:sourceName:targetName:seed:)``. One that is called like a task is reached as `./NAME`.
    ///
    /// - Parameters:
    ///   - seed: what examples are drawn from, and what divides a table into its parts.
    ///   - trainingCount: how many examples of a task to make for training.
    ///   - validationCount: how many to make for validation.
    ///   - testCount: how many to make for the test.
    ///   - sourceName: the source language of a directory.
    ///   - targetName: the target language of a directory.
    /// - Throws: ``DataError``, with the nearest known name where there is nothing of this name.
    public static func named(
        _ name: String, seed: UInt64 = 0, trainingCount: Int = 20_000, validationCount: Int = 500,
        testCount: Int = 500, sourceName: String? = nil, targetName: String? = nil
    ) throws(DataError) -> ParallelCorpus {
        if let task = task(named: name) {
            try validateCounts(trainingCount, validationCount, testCount)
            return ParallelCorpus(
                name: name, sourceName: task.sourceName, targetName: task.targetName,
                training: task.pairs(.training, count: trainingCount, seed: seed),
                validation: task.pairs(.validation, count: validationCount, seed: seed),
                test: task.pairs(.test, count: testCount, seed: seed), isExact: true)
        }
        if TextFile.isDirectory(name) {
            return try directory(name, sourceName: sourceName, targetName: targetName, seed: seed)
        }
        do {
            return try table(name, sourceName: sourceName, targetName: targetName, seed: seed)
        } catch .missing where !name.contains("/") {
            throw .unknownName(
                name, suggestion: nearestName(to: name, in: builtInNames), known: builtInNames)
        }
    }

    private static func task(named name: String) -> Task? {
        switch name {
        case "add": .add
        case "copy": .copy
        case "dates": .dates
        case "modular": .modular
        case "phrases": .phrases
        case "reverse": .reverse
        case "sort": .sort
        default: nil
        }
    }
}

/// Throws unless each part of a generated corpus has a reasonable size.
func validateCounts(_ training: Int, _ validation: Int, _ test: Int) throws(DataError) {
    for (name, count) in [("training", training), ("validation", validation), ("test", test)]
    where !(1...10_000_000).contains(count) {
        throw .outOfRange(
            name: "number of \(name) examples", value: "\(count)",
            accepted: "a number from 1 to 10000000")
    }
}
