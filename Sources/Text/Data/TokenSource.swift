/// Token ids in their order, in memory or in files, of which any part can be read.
public protocol TokenSource: Sendable {
    /// How many there are.
    var count: Int { get }

    /// A part of them, which lies within `0..<count`.
    ///
    /// - Throws: where a file cannot be read, or no longer holds what was written.
    func ids(in range: Range<Int>) throws -> [Int32]
}

extension Array: TokenSource where Element == Int32 {
    /// A part of the array.
    public func ids(in range: Range<Int>) -> [Int32] { Array(self[range]) }
}

/// The first ids of others.
struct TokenPrefix: TokenSource {
    private let tokens: any TokenSource
    let count: Int

    init(_ tokens: any TokenSource, count: Int) {
        self.tokens = tokens
        self.count = Swift.min(Swift.max(count, 0), tokens.count)
    }

    func ids(in range: Range<Int>) throws -> [Int32] { try tokens.ids(in: range) }
}
