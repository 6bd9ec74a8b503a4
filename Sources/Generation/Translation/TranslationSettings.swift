/// How a translation is searched for.
///
/// The defaults are those of the base model of 2017 (Vaswani et al. 2017, §6.1).
public struct TranslationSettings: Hashable, Sendable {
    /// How hypotheses are compared, and when the search for more of them ends.
    public var beams: BeamSettings
    /// The most tokens of a translation; nil for no other limit than the source's length and the model's context.
    public var maximumLength: Int?
    /// By how many tokens a translation may be longer than its source.
    public var extraLength: Int
    /// The id that fills up shorter sources.
    public var padding: Int32
    /// The id that stands before each translation.
    public var start: Int32
    /// The id that ends each translation; it may be the one that starts it.
    public var end: Int32
    /// The first id of each translation, whatever the model would choose; nil where it chooses.
    ///
    /// It costs no probability.
    public var forcedFirst: Int32?
    /// Ids that are never written, beside padding and start.
    public var forbidden: Set<Int32> = []

    /// The lengths that are accepted.
    public static let lengths = 1...10_000_000

    /// Settings; those left out are the paper's.
    public init(
        beams: BeamSettings = .translation(), maximumLength: Int? = nil, extraLength: Int = 50,
        padding: Int32 = 0, start: Int32 = 1, end: Int32 = 2
    ) {
        self.beams = beams
        self.maximumLength = maximumLength
        self.extraLength = extraLength
        self.padding = padding
        self.start = start
        self.end = end
    }

    /// Checks every setting by itself and beside the others.
    ///
    /// - Parameter vocabularySize: how many target tokens the model knows.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public func validate(vocabularySize: Int) throws(GenerationError) {
        try beams.validate(vocabularySize: vocabularySize)
        try GenerationError.check("extra length", extraLength, 0...Self.lengths.upperBound)
        if let maximumLength {
            try GenerationError.check("maximum length", maximumLength, Self.lengths)
            if beams.minimumLength > maximumLength {
                throw .outOfRange(
                    name: "minimum length", value: "\(beams.minimumLength)",
                    accepted: "at most the maximum length, \(maximumLength)")
            }
        }
        var ids = [("padding token", padding), ("start token", start), ("end token", end)]
        if let forcedFirst { ids.append(("forced first token", forcedFirst)) }
        for (name, id) in ids where id < 0 || Int(id) >= vocabularySize {
            throw .outOfRange(
                name: name, value: "\(id)",
                accepted: "one of the model's tokens, 0 to \(vocabularySize - 1)")
        }
        if padding == end {
            throw .outOfRange(
                name: "end token", value: "\(end)",
                accepted: "another one than the padding token, which is never read")
        }
        if forbidden.contains(end) {
            throw .outOfRange(
                name: "end token", value: "\(end)", accepted: "one that is not forbidden")
        }
        if forbidden.union([padding, start, end]).count >= vocabularySize {
            throw .outOfRange(
                name: "vocabulary", value: "\(vocabularySize) tokens",
                accepted: "at least one token beside padding, start and end")
        }
    }

    /// The most tokens that a translation of so many tokens may have.
    func limit(sourceCount: Int, contextLength: Int) -> Int {
        min(sourceCount + extraLength, contextLength, maximumLength ?? .max)
    }

    /// What may be written.
    func vocabulary(heldTo constraint: TokenConstraint?) -> BeamVocabulary {
        BeamVocabulary(
            ends: [end], forbidden: forbidden.union([padding, start]), forcedFirst: forcedFirst,
            constraint: constraint)
    }
}
