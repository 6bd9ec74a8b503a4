/// Round values along an axis, with their labels.
package struct Ticks {
    /// The values, ascending.
    package var values: [Double]
    /// One label a value; empty for a value that has a line but no room for a label.
    package var labels: [String]

    /// Multiples of 1, 2 or 5 times a power of ten that lie in the range, about `count` of them.
    package static func linear(from lower: Double, to upper: Double, count: Int) -> Ticks {
        guard let step = Step(span: upper - lower, count: count) else {
            return Ticks(values: [lower], labels: [Numeral.brief(lower)])
        }
        let first = step.index(atOrAbove: lower)
        let last = step.index(atOrBelow: upper)
        // A range far from zero may be too narrow for its step to change the value.
        guard first <= last, last - first <= 100 else {
            return Ticks(values: [lower], labels: [Numeral.brief(lower)])
        }
        let values = stride(from: first, through: last, by: 1).map { step.value($0) }
        return Ticks(values: values, labels: Numeral.ticks(values, step: step.size))
    }

    /// Powers of ten in the range, with 2 and 5 between them where there are few.
    package static func logarithmic(from lower: Double, to upper: Double, count: Int) -> Ticks {
        let first = Numeral.decimalExponent(of: lower)
        let last = Numeral.decimalExponent(of: upper)
        // Twelve decades in eight labels: every second decade.
        let stride = max(1, (last - first + count - 1) / max(count, 1))
        let mantissas: [Double] = last - first <= max(1, count / 3) ? [1, 2, 5] : [1]
        var values: [Double] = []
        for exponent in Swift.stride(from: first, through: last, by: stride) {
            for mantissa in mantissas {
                let value =
                    exponent < 0
                    ? mantissa / Numeral.powerOfTen(-exponent)
                    : mantissa * Numeral.powerOfTen(exponent)
                if value >= lower * (1 - 1e-9), value <= upper * (1 + 1e-9) { values.append(value) }
            }
        }
        guard values.count >= 2 else { return linear(from: lower, to: upper, count: count) }
        return Ticks(values: values, labels: values.map { Numeral.brief($0) })
    }

    /// The distance between neighbouring ticks, kept as a whole number and a power of ten so that
    /// its multiples are the Doubles nearest to the decimal numbers that the labels show.
    struct Step {
        private var mantissa: Double
        private var exponent: Int

        /// The smallest round step that gives at most `count` intervals; nil where there is no span.
        init?(span: Double, count: Int) {
            guard span > 0, span.isFinite else { return nil }
            let rough = span / Double(max(count, 1))
            guard rough >= 1e-290 else { return nil }
            exponent = Numeral.decimalExponent(of: rough)
            let leading = rough / Numeral.powerOfTen(exponent)
            switch leading {
            case ...1.000_001: mantissa = 1
            case ...2.000_001: mantissa = 2
            case ...5.000_001: mantissa = 5
            default:
                mantissa = 1
                exponent += 1
            }
        }

        /// The step itself.
        var size: Double { value(1) }

        /// The tick of this index.
        func value(_ index: Double) -> Double {
            exponent < 0
                ? index * mantissa / Numeral.powerOfTen(-exponent)
                : index * mantissa * Numeral.powerOfTen(exponent)
        }

        /// The first tick that is not below the value, but for rounding.
        func index(atOrAbove value: Double) -> Double { (value / size - 1e-9).rounded(.up) }

        /// The last tick that is not above the value, but for rounding.
        func index(atOrBelow value: Double) -> Double { (value / size + 1e-9).rounded(.down) }
    }
}
