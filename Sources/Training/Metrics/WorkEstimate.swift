internal import AttendFigures

/// How far a piece of work is, and how long it will still take at the speed so far.
public struct WorkEstimate: Sendable {
    private let begin = ContinuousClock.now

    /// Work that begins now.
    public init() {}

    /// A line such as `1,024 of 4,096 tokens, 12s left`.
    ///
    /// - Parameters:
    ///   - done: how much is done.
    ///   - total: how much there is.
    ///   - unit: what is counted, in the plural.
    public func line(done: Int, of total: Int, unit: String) -> String {
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        let left = done > 0 ? seconds / Double(done) * Double(max(total - done, 0)) : .nan
        return "\(Numeral.count(done)) of \(Numeral.count(total)) \(unit), "
            + "\(DurationText.text(left)) left"
    }
}
