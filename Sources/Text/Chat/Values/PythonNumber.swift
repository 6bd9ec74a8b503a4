/// Numbers as Python writes them.
enum PythonNumber {
    /// The shortest text that stands for exactly this number: `0.1`, `1e+16`, `1e-05`, `inf`.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let sign = value.sign == .minus ? "-" : ""
        let (digits, point) = decimal(value.magnitude)
        // Python changes to exponents below 10⁻⁴ and from 10¹⁶ on.
        if point > 16 || point < -3 {
            let rest = digits.dropFirst()
            let exponent = point - 1
            let magnitude = exponent.magnitude
            return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e"
                + (exponent < 0 ? "-" : "+") + (magnitude < 10 ? "0" : "") + "\(magnitude)"
        }
        if point <= 0 {
            return sign + "0." + String(repeating: "0", count: -point) + digits
        }
        if digits.count <= point {
            return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The digits of a number without leading and trailing zeros, and how many of them stand before
    /// the decimal point (negative where zeros stand between).
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        guard value != 0 else { return ("0", 1) }
        // Swift's description has the same shortest digits, only laid out otherwise.
        let parts = "\(value)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var digits = mantissa[0] + fraction
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.first == "0" {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), point)
    }
}
