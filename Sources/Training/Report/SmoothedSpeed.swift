package import AttendFigures

/// The speed over several steps.
package enum SmoothedSpeed {
    /// At each step the speed over those around it, as many as the window has: their tokens by their time.
    ///
    /// Near the ends the window is as wide as it can be on both sides, so that nothing is shifted. Steps take about as many
    /// tokens each, so the speed over several is the harmonic mean of theirs; those without a speed do not count.
    ///
    /// - Complexity: O(points).
    package static func points(of steps: [FigurePoint], window: Int) -> [FigurePoint] {
        var (times, counts) = ([0.0], [0.0])
        for step in steps {
            let isKnown = step.y.isFinite && step.y > 0
            times.append(times[times.count - 1] + (isKnown ? 1 / step.y : 0))
            counts.append(counts[counts.count - 1] + (isKnown ? 1 : 0))
        }
        return steps.indices.map { index in
            let reach = min(max(window, 1) / 2, index, steps.count - 1 - index)
            let (first, end) = (index - reach, index + reach + 1)
            let (time, count) = (times[end] - times[first], counts[end] - counts[first])
            return FigurePoint(x: steps[index].x, y: count > 0 ? count / time : .nan)
        }
    }
}
