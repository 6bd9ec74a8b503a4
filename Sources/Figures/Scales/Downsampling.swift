/// Fewer points that draw the same line.
package enum Downsampling {
    /// The most points of one series that a figure holds.
    package static let limit = 2000

    /// The series split where a point is missing, and thinned to at most `limit` points.
    ///
    /// A long series is cut in buckets of equally many points, and each gives its lowest and its
    /// highest, so that every spike stays. In a thinned series a gap remains where a whole bucket
    /// is missing.
    package static func segments(
        of points: [FigurePoint], limit: Int = limit, isShown: (FigurePoint) -> Bool
    ) -> [[FigurePoint]] {
        guard points.count > limit else {
            return points.split(whereSeparator: { !isShown($0) }).map(Array.init)
        }
        // The first and the last point are kept beside what the buckets give.
        let bucketCount = max(1, (limit - 2) / 2)
        var segments: [[FigurePoint]] = []
        var current: [FigurePoint] = []
        for bucket in 0..<bucketCount {
            let start = points.count * bucket / bucketCount
            let end = points.count * (bucket + 1) / bucketCount
            let kept = extremes(of: points[start..<end], isShown: isShown)
            if kept.isEmpty, !current.isEmpty {
                segments.append(current)
                current = []
            }
            if bucket == 0, let first = points.first, isShown(first), kept.first != first {
                current.append(first)
            }
            current += kept
            if bucket == bucketCount - 1, let last = points.last, isShown(last), kept.last != last {
                current.append(last)
            }
        }
        if !current.isEmpty { segments.append(current) }
        return segments
    }

    private static func extremes(
        of points: ArraySlice<FigurePoint>, isShown: (FigurePoint) -> Bool
    ) -> [FigurePoint] {
        var lowest: Int?
        var highest: Int?
        for index in points.indices where isShown(points[index]) {
            if lowest.map({ points[index].y < points[$0].y }) ?? true { lowest = index }
            if highest.map({ points[index].y > points[$0].y }) ?? true { highest = index }
        }
        guard let lowest, let highest else { return [] }
        if lowest == highest { return [points[lowest]] }
        return [points[min(lowest, highest)], points[max(lowest, highest)]]
    }
}
