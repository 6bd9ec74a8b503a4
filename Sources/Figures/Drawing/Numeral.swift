import Foundation

/// Numbers as text, the same on every machine and in every locale.
package enum Numeral {
    /// A coordinate with at most two decimals; a hundredth of a unit is below what is visible.
    package static func coordinate(_ value: Double) -> String {
        trimmed(fixed(value, places: 2))
    }

    /// A number with exactly `places` decimals (0 … 15), rounded half away from zero.
    package static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return "–" }
        let places = min(max(places, 0), 15)
        let scaled = (value.magnitude * powerOfTen(places)).rounded()
        // Beyond 2⁵³ neighbouring values are more than one unit apart: there are no decimals left.
        guard scaled < 9_007_199_254_740_992 else { return "\(value)" }
        var digits = String(Int64(scaled))
        if places > 0 {
            digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
        }
        return value < 0 && scaled > 0 ? "-" + digits : digits
    }

    /// A number for a label: as many decimals as make `digits` significant digits, the whole part
    /// entire with its thousands grouped, millions and more by letter, the very small and very
    /// large by power of ten.
    package static func brief(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return "–" }
        guard value != 0 else { return "0" }
        let exponent = decimalExponent(of: value)
        switch exponent {
        case ..<(-4), 15...:
            return scientific(value, digits: digits)
        case 6...:
            let (divisor, letter) = suffix(exponent)
            let places = max(0, digits - 1 - (exponent % 3))
            return trimmed(fixed(value / divisor, places: places)) + letter
        default:
            return grouped(trimmed(fixed(value, places: max(0, digits - 1 - exponent))))
        }
    }

    /// A whole number with its thousands grouped by commas.
    package static func count(_ value: Int) -> String {
        grouped(String(value))
    }

    /// The labels of ticks that are `step` apart, all with the same number of decimals.
    package static func ticks(_ values: [Double], step: Double) -> [String] {
        let largest = values.map(\.magnitude).max() ?? 0
        let stepExponent = step > 0 ? decimalExponent(of: step) : 0
        if stepExponent < -4 || largest >= 1e15 {
            let digits = largest > 0 ? decimalExponent(of: largest) - stepExponent + 1 : 1
            return values.map { $0 == 0 ? "0" : scientific($0, digits: min(max(digits, 1), 15)) }
        }
        guard largest >= 1e6 else {
            return values.map { grouped(fixed($0, places: max(0, -stepExponent))) }
        }
        let (divisor, letter) = suffix(decimalExponent(of: largest))
        let places = max(0, decimalExponent(of: divisor) - stepExponent)
        return values.map { $0 == 0 ? "0" : fixed($0 / divisor, places: places) + letter }
    }

    /// The power of ten of the leading digit; zero for zero.
    package static func decimalExponent(of value: Double) -> Int {
        guard value.isFinite, value != 0 else { return 0 }
        let estimate = Int(log10(value.magnitude).rounded(.down))
        // Powers of ten below this are not exact, nor is there need for them to be.
        guard estimate > -300 else { return estimate }
        // The logarithm of a value such as 1000 may come out just below the whole number.
        return value.magnitude >= powerOfTen(estimate + 1) * (1 - 1e-15) ? estimate + 1 : estimate
    }

    /// Ten to a whole power; powers that Double holds exactly are exact.
    static func powerOfTen(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<min(exponent.magnitude, 330) { result *= 10 }
        return exponent < 0 ? 1 / result : result
    }

    private static func scientific(_ value: Double, digits: Int) -> String {
        var exponent = decimalExponent(of: value)
        // In two steps, since ten to the exponent may itself be out of range.
        let half = exponent / 2
        var mantissa = value / powerOfTen(half) / powerOfTen(exponent - half)
        if fixed(mantissa.magnitude, places: digits - 1).hasPrefix("10") {
            mantissa /= 10
            exponent += 1
        }
        return trimmed(fixed(mantissa, places: digits - 1)) + "e\(exponent)"
    }

    private static func suffix(_ exponent: Int) -> (divisor: Double, letter: String) {
        switch exponent {
        case ..<9: (1e6, "M")
        case ..<12: (1e9, "G")
        default: (1e12, "T")
        }
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains("."), !text.contains("e") else { return text }
        var text = text
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }

    private static func grouped(_ text: String) -> String {
        guard !text.contains("e") else { return text }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var whole = String(parts[0])
        let isNegative = whole.hasPrefix("-")
        if isNegative { whole.removeFirst() }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        let fraction = parts.count > 1 ? "." + parts[1] : ""
        return (isNegative ? "-" : "") + result + fraction
    }
}
