public import AttendTensors
internal import Foundation

/// T5's relative positions: a learned number for each bucket of distances and each head, added to scores.
///
/// Half of the buckets hold one distance each; the others hold ranges that grow with the logarithm of the distance.
///
/// - Source: Raffel et al. 2020, §2.1.
public struct RelativePositionBias: Module {
    /// `[buckets, heads]`.
    public var weight: Parameter
    /// Whether keys after the query have buckets of their own; a decoder never sees them.
    public let isBidirectional: Bool
    private let bucketCount: Int
    private let maximumDistance: Int

    /// Normally distributed numbers.
    public init(
        _ options: PositionOptions, headCount: Int, isBidirectional: Bool,
        random: inout RandomSource
    ) {
        weight = Parameter(
            random.stream().normal([options.bucketCount, headCount], deviation: 0.02))
        weight.isTable = true
        self.isBidirectional = isBidirectional
        bucketCount = options.bucketCount
        maximumDistance = options.maximumDistance
    }

    /// The bucket of a key that lies `distance` places after the query (before it where negative).
    func bucket(_ distance: Int) -> Int {
        let count = isBidirectional ? bucketCount / 2 : bucketCount
        let first = isBidirectional && distance > 0 ? count : 0
        let length = isBidirectional ? abs(distance) : max(-distance, 0)
        let exact = count / 2
        if length < exact { return first + length }
        let share =
            log(Double(length) / Double(exact)) / log(Double(maximumDistance) / Double(exact))
        return first + min(exact + Int(share * Double(count - exact)), count - 1)
    }

    /// What is added to the scores of the last `queryCount` of `keyCount` places: `[heads, queries, keys]`.
    public func callAsFunction(queryCount: Int, keyCount: Int) -> Tensor {
        let heads = weight.shape.width
        var ids: [Int32] = []
        ids.reserveCapacity(queryCount * keyCount)
        for query in keyCount - queryCount..<keyCount {
            for key in 0..<keyCount { ids.append(Int32(bucket(key - query))) }
        }
        return weight.tensor.gathered(ids, shape: [ids.count]).transposed()
            .reshaped([heads, queryCount, keyCount])
    }

    /// Visits the table.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
    }
}
