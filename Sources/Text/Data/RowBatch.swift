/// Examples that are computed side by side, and that can be computed one after the other as well.
public protocol RowBatch: Sendable {
    /// How many examples there are.
    var rows: Int { get }
    /// How many predictions count toward the loss.
    var scoredCount: Int { get }
    /// Some of the examples, as long as they were.
    func part(_ rows: Range<Int>) -> Self
}

extension RowBatch {
    /// The batch in parts of equal numbers of examples, or nearly; never more parts than examples.
    public func parts(_ count: Int) -> [Self] {
        let count = max(min(count, rows), 1)
        if count == 1 { return [self] }
        return (0..<count).map { part(rows * $0 / count..<rows * ($0 + 1) / count) }
    }
}

extension Array {
    /// Some rows of a matrix that has so many columns.
    func rows(_ rows: Range<Int>, of columns: Int) -> [Element] {
        Array(self[rows.lowerBound * columns..<rows.upperBound * columns])
    }
}
