import Foundation

/// Maps the values of one axis to positions in a figure.
package struct AxisScale {
    /// How values are spaced.
    private(set) var kind: FigureAxis.Scale
    /// The value at `start`.
    package private(set) var lower: Double
    /// The value at `end`.
    package private(set) var upper: Double
    /// The position of the lower value.
    private(set) var start: Double
    /// The position of the upper value.
    private(set) var end: Double
    /// Round values within the range.
    package private(set) var ticks: Ticks

    /// A scale that shows all the values, those out of question (not finite; not positive on a
    /// logarithmic axis) aside.
    ///
    /// - Parameters:
    ///   - isRounded: whether the range grows to the next ticks, so that data keep off the frame.
    ///   - tickCount: about how many ticks there is room for.
    package init(
        _ axis: FigureAxis, showing values: some Sequence<Double>, from start: Double,
        to end: Double, tickCount: Int, isRounded: Bool
    ) {
        kind = axis.scale
        self.start = start
        self.end = end
        var range: (lower: Double, upper: Double)?
        for value in values where Self.canShow(value, kind: axis.scale) {
            range = (min(range?.lower ?? value, value), max(range?.upper ?? value, value))
        }
        if axis.includesZero, axis.scale == .linear, let known = range {
            range = (min(known.lower, 0), max(known.upper, 0))
        }
        (lower, upper) = Self.widened(range, kind: axis.scale)
        switch axis.scale {
        case .linear:
            if isRounded, let step = Ticks.Step(span: upper - lower, count: tickCount) {
                let first = step.value((lower / step.size + 1e-9).rounded(.down))
                let last = step.value((upper / step.size - 1e-9).rounded(.up))
                if first < last, last - first < (upper - lower) * 3 {
                    (lower, upper) = (first, last)
                }
            }
            ticks = .linear(from: lower, to: upper, count: tickCount)
        case .logarithmic:
            if isRounded { (lower, upper) = (lower / 1.08, upper * 1.08) }
            ticks = .logarithmic(from: lower, to: upper, count: tickCount)
        }
    }

    /// Whether the value has a place on this axis.
    package func canShow(_ value: Double) -> Bool { Self.canShow(value, kind: kind) }

    /// The position of a value, within the ends of the axis.
    package func position(_ value: Double) -> Double {
        let fraction =
            switch kind {
            case .linear: (value - lower) / (upper - lower)
            case .logarithmic: log(value / lower) / log(upper / lower)
            }
        return start + min(max(fraction, 0), 1) * (end - start)
    }

    private static func canShow(_ value: Double, kind: FigureAxis.Scale) -> Bool {
        switch kind {
        case .linear: value.isPlottable
        case .logarithmic: value.isPlottable && value >= 1e-300
        }
    }

    /// A range with some extent, also around a single value or none.
    private static func widened(
        _ range: (lower: Double, upper: Double)?, kind: FigureAxis.Scale
    ) -> (Double, Double) {
        guard let (lower, upper) = range else { return kind == .linear ? (0, 1) : (1, 10) }
        let extent = max(lower.magnitude, upper.magnitude)
        switch kind {
        case .linear:
            // Nearer to one another than Double resolves well: shown as equal.
            guard upper - lower <= extent * 1e-12 else { return (lower, upper) }
            let margin = extent < 1e-280 ? 1 : extent * 0.1
            return (lower - margin, upper + margin)
        case .logarithmic:
            return upper > lower * (1 + 1e-9) ? (lower, upper) : (lower / 2, upper * 2)
        }
    }
}
