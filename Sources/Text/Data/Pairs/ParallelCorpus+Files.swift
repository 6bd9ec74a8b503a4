import Foundation

extension ParallelCorpus {
    /// A directory with `train.de` and `train.en`, `val.de` and `val.en`, and perhaps `test….de` and `test….en`.
    ///
    /// Line n of one file is the translation of line n of the other; space around a sentence is dropped.
    /// Files whose names begin with `test` are joined in alphabetical order. Where there is no `val` file, one
    /// in twenty of the training sentences (at most 1,000) is for validation, chosen by the seed.
    ///
    /// - Parameters:
    ///   - sourceName: what the source's files end with; by default the alphabetically first of two, or
    ///     the other one than the target.
    ///   - targetName: what the target's files end with; by default the other one.
    ///   - seed: what decides which sentences are for validation where the directory does not say.
    /// - Throws: ``DataError`` that names the file and the line.
    public static func directory(
        _ path: String, sourceName: String? = nil, targetName: String? = nil, seed: UInt64 = 0
    ) throws(DataError) -> ParallelCorpus {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        let (source, target) = try languages(
            of: names, sourceName: sourceName, targetName: targetName, path: path)
        func read(_ stem: String) throws(DataError) -> PlacedPairs {
            try PlacedPairs(
                source: "\(path)/\(stem).\(source)", target: "\(path)/\(stem).\(target)")
        }
        var training = try read("train")
        var validation = PlacedPairs()
        if names.contains("val.\(source)") || names.contains("val.\(target)") {
            validation = try read("val")
        } else {
            let parts = try training.divided(seed: seed, hasTest: false)
            (training, validation) = (parts[.training]!, parts[.validation]!)
        }
        var test = PlacedPairs()
        var stems: [String] = []
        for name in names where name.hasPrefix("test") {
            for ending in [".\(source)", ".\(target)"] where name.hasSuffix(ending) {
                let stem = String(name.dropLast(ending.count))
                if !stems.contains(stem) { stems.append(stem) }
            }
        }
        for stem in stems { test.append(try read(stem)) }
        return ParallelCorpus(
            name: path, sourceName: source, targetName: target,
            parts: [.training: training, .validation: validation, .test: test])
    }

    /// A file with a source and a target on each line, and a tab between them.
    ///
    /// One in twenty of the different sources (at most 1,000) is for validation, and as many for the test. The
    /// source alone and the seed decide which, so that no source is in two parts.
    ///
    /// - Throws: ``DataError`` that names the file and the line.
    public static func table(
        _ path: String, sourceName: String? = nil, targetName: String? = nil, seed: UInt64 = 0
    ) throws(DataError) -> ParallelCorpus {
        ParallelCorpus(
            name: path, sourceName: sourceName ?? "source", targetName: targetName ?? "target",
            parts: try PlacedPairs(table: path).divided(seed: seed, hasTest: true))
    }

    private init(
        name: String, sourceName: String, targetName: String, parts: [HeldOut.Part: PlacedPairs]
    ) {
        self.init(
            name: name, sourceName: sourceName, targetName: targetName,
            training: parts[.training]?.pairs ?? [], validation: parts[.validation]?.pairs ?? [],
            test: parts[.test]?.pairs ?? [], isExact: false, places: parts.mapValues(\.places))
    }

    /// The two languages of a directory.
    private static func languages(
        of names: [String], sourceName: String?, targetName: String?, path: String
    ) throws(DataError) -> (String, String) {
        let known = names.filter { $0.hasPrefix("train.") }.map { String($0.dropFirst(6)) }
            .filter { !$0.isEmpty && !$0.contains(".") }
        for name in [sourceName, targetName] {
            if let name, !known.contains(name) {
                throw .unknownLanguage(
                    name, directory: path, suggestion: nearestName(to: name, in: known),
                    known: known)
            }
        }
        if let sourceName, sourceName == targetName {
            throw .unknownLanguage(sourceName, directory: path, suggestion: nil, known: known)
        }
        if let sourceName, let targetName { return (sourceName, targetName) }
        guard known.count == 2 else { throw .languages(directory: path, found: known) }
        let source = sourceName ?? known.first { $0 != targetName }!
        return (source, known.first { $0 != source }!)
    }
}

/// Pairs with the places where they stand.
private struct PlacedPairs {
    var pairs: [SentencePair] = []
    var places: [PairPlace] = []

    init() {}

    /// Two files whose lines belong together.
    init(source: String, target: String) throws(DataError) {
        let (sources, targets) = (try lines(of: source), try lines(of: target))
        guard sources.count == targets.count else {
            throw .lineCounts(
                source: source, lines: sources.count, target: target, targetLines: targets.count)
        }
        for (index, (first, second)) in zip(sources, targets).enumerated() {
            let place = PairPlace(source: source, target: target, line: index + 1)
            try append(trimmed(first), trimmed(second), place)
        }
    }

    /// A file of two columns.
    init(table path: String) throws(DataError) {
        for (index, columns) in try tableLines(of: path).enumerated() {
            let place = PairPlace(source: path, target: path, line: index + 1)
            try append(columns.0, columns.1, place)
        }
    }

    private mutating func append(_ source: String, _ target: String, _ place: PairPlace)
        throws(DataError)
    {
        if source.isEmpty {
            throw .emptySide(path: place.source, line: place.line, other: place.target)
        }
        if target.isEmpty {
            throw .emptySide(path: place.target, line: place.line, other: place.source)
        }
        pairs.append(SentencePair(source: source, target: target))
        places.append(place)
    }

    mutating func append(_ other: PlacedPairs) {
        pairs += other.pairs
        places += other.places
    }

    /// The pairs by the part to which their source belongs, in the order of the file.
    func divided(seed: UInt64, hasTest: Bool) throws(DataError) -> [HeldOut.Part: PlacedPairs] {
        guard let parts = HeldOut.parts(of: pairs.map(\.source), seed: seed, hasTest: hasTest)
        else {
            throw .tooFewExamples(
                path: places.first?.source ?? "", count: Set(pairs.map(\.source)).count,
                needed: hasTest ? 3 : 2)
        }
        var result: [HeldOut.Part: PlacedPairs] = [:]
        for (index, part) in parts.enumerated() {
            result[part, default: PlacedPairs()].pairs.append(pairs[index])
            result[part]!.places.append(places[index])
        }
        return result
    }
}
