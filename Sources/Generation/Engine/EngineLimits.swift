/// How much a ``GenerationEngine`` takes on.
public struct EngineLimits: Hashable, Sendable {
    /// The most texts that are written at once.
    public var concurrentCount: Int
    /// The most requests that wait for their turn.
    public var waitingCount: Int
    /// The most tokens that a request may ask for.
    public var tokensPerRequest: Int
    /// The most tokens of prompts that one pass reads, so that long ones do not hold up the texts that are being written.
    public var promptTokensPerPass: Int
    /// How many tokens a page of the key-value caches holds.
    public var pageTokenCount: Int
    /// How many tokens the caches hold together, at least a whole context.
    ///
    /// Where nil, as many as full contexts of all texts that are written at once, or as 512 MB hold where that is less.
    public var cacheTokenCount: Int?

    /// The numbers of texts at once that are accepted.
    public static let concurrentCounts = 1...1024
    /// The numbers of waiting requests that are accepted.
    public static let waitingCounts = 0...1_000_000
    /// The numbers of tokens in a pass that are accepted.
    public static let promptTokenCounts = 1...65536
    /// The numbers of tokens in a page that are accepted.
    public static let pageTokenCounts = 1...4096
    /// The numbers of tokens in the caches that are accepted.
    public static let cacheTokenCounts = 1...100_000_000
    /// The most bytes of a prompt's text.
    public static let promptByteLimit = 4 << 20
    /// The most stop texts of a request.
    public static let stopTextLimit = 64
    /// The most bytes of a stop text.
    public static let stopTextByteLimit = 4096

    /// Limits; those left out suit a model of some hundred million parameters.
    public init(
        concurrentCount: Int = 16, waitingCount: Int = 1000,
        tokensPerRequest: Int = GenerationSettings.tokenCounts.upperBound,
        promptTokensPerPass: Int = 128,
        pageTokenCount: Int = 16, cacheTokenCount: Int? = nil
    ) {
        self.concurrentCount = concurrentCount
        self.waitingCount = waitingCount
        self.tokensPerRequest = tokensPerRequest
        self.promptTokensPerPass = promptTokensPerPass
        self.pageTokenCount = pageTokenCount
        self.cacheTokenCount = cacheTokenCount
    }

    /// Checks each number.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    func validate() throws(GenerationError) {
        try GenerationError.check(
            "number of texts at once", concurrentCount, Self.concurrentCounts)
        try GenerationError.check("number of waiting requests", waitingCount, Self.waitingCounts)
        try GenerationError.check(
            "number of tokens for each request", tokensPerRequest, GenerationSettings.tokenCounts)
        try GenerationError.check(
            "number of prompt tokens in a pass", promptTokensPerPass, Self.promptTokenCounts)
        try GenerationError.check(
            "number of tokens in a page", pageTokenCount, Self.pageTokenCounts)
        if let cacheTokenCount {
            try GenerationError.check(
                "number of tokens in the caches", cacheTokenCount, Self.cacheTokenCounts)
        }
    }
}
