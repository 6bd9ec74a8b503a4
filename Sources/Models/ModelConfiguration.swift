/// What a model of some family is made from.
public protocol ModelConfiguration: Codable, Hashable, Sendable {
    /// The longest sequence.
    var contextLength: Int { get }
    /// How many parameters a model of this configuration has.
    var parameterCount: Int { get }
    /// Multiplications and additions of a forward pass, per token of a full context.
    var flopsPerToken: Int { get }
    /// About how many numbers the backward pass needs of each token.
    ///
    /// - Parameter recomputingBlocks: whether each block keeps only its input, and is computed again.
    func activationsPerToken(recomputingBlocks: Bool) -> Int

    /// The sizes and variants as words and values, for tables.
    var facts: [(String, String)] { get }

    /// Checks that a model of these sizes can be made.
    ///
    /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
    func validate() throws
}

/// Sizes from which no model can be made.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, one sentence each.
    public let problems: [String]

    /// An error with at least one problem.
    public init(problems: [String]) {
        self.problems = problems
    }

    /// All problems in one sentence.
    public var description: String { problems.joined(separator: "; ") }
}

/// Collects what is wrong with a configuration.
struct ConfigurationProblems {
    private(set) var problems: [String] = []

    init(_ problems: [String] = []) {
        self.problems = problems
    }

    mutating func check(_ name: String, _ value: Int, from least: Int = 1, to limit: Int) {
        if value < least || value > limit {
            problems.append("\(name) is \(value), but must be from \(least) to \(limit)")
        }
    }

    mutating func checkVocabulary(_ size: Int, _ name: String = "vocabularySize") {
        check(name, size, to: 10_000_000)
    }

    mutating func checkContext(_ length: Int) {
        check("contextLength", length, to: 1_048_576)
    }

    mutating func add(_ problem: @autoclosure () -> String, if isWrong: Bool) {
        if isWrong { problems.append(problem()) }
    }

    /// Refuses sizes that are each permitted, but together too large to be counted or held.
    mutating func checkSize(
        parameterCount: @autoclosure () -> Int, contextLength: Int, width: Int, hiddenWidth: Int
    ) {
        if !problems.isEmpty { return }
        let count = parameterCount()
        add(
            "the model would have \(count) parameters; the limit is 20,000,000,000",
            if: count > 20_000_000_000)
        add(
            "contextLength \(contextLength) times width \(width) and hiddenWidth \(hiddenWidth)"
                + " is more than one sequence may take",
            if: contextLength * (width + hiddenWidth) > 1 << 32)
    }

    func throwIfAny() throws {
        if !problems.isEmpty { throw ConfigurationError(problems: problems) }
    }
}
