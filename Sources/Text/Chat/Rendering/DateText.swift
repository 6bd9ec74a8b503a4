package import Foundation

/// A date, written in the way of C's `strftime` with English names.
package struct DateText {
    private let parts: DateComponents
    private let zone: TimeZone
    private let date: Date

    package init(_ date: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.date = date
        self.zone = zone
        parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second, .weekday, .dayOfYear], from: date)
    }

    /// This moment, at the place of this machine.
    static var now: DateText { DateText(Date(), in: .current) }

    /// The date in a format such as `%d %b %Y`; a sign that is not known stays as it is.
    package func formatted(_ format: String) -> String {
        var text = ""
        var isSign = false
        for scalar in format.unicodeScalars {
            if isSign {
                text += value(of: scalar) ?? "%\(scalar)"
                isSign = false
            } else if scalar == "%" {
                isSign = true
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return isSign ? text + "%" : text
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let days = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    private func value(of sign: Unicode.Scalar) -> String? {
        let hour = parts.hour ?? 0
        let month = Self.months[max(0, min(11, (parts.month ?? 1) - 1))]
        let day = Self.days[max(0, min(6, (parts.weekday ?? 1) - 1))]
        switch sign {
        case "Y": return padded(parts.year, 4)
        case "y": return padded((parts.year ?? 0) % 100, 2)
        case "m": return padded(parts.month, 2)
        case "B": return month
        case "b", "h": return String(month.prefix(3))
        case "d": return padded(parts.day, 2)
        case "e": return padded(parts.day, 2, " ")
        case "j": return padded(parts.dayOfYear, 3)
        case "A": return day
        case "a": return String(day.prefix(3))
        case "u": return "\(((parts.weekday ?? 1) + 5) % 7 + 1)"
        case "w": return "\((parts.weekday ?? 1) - 1)"
        case "H": return padded(hour, 2)
        case "I": return padded((hour + 11) % 12 + 1, 2)
        case "p": return hour < 12 ? "AM" : "PM"
        case "M": return padded(parts.minute, 2)
        case "S": return padded(parts.second, 2)
        case "s": return "\(Int(date.timeIntervalSince1970.rounded(.down)))"
        // A moment without a place, as transformers takes it, has no zone.
        case "Z", "z": return ""
        case "F": return formatted("%Y-%m-%d")
        case "T", "X": return formatted("%H:%M:%S")
        case "R": return formatted("%H:%M")
        case "D", "x": return formatted("%m/%d/%y")
        case "c": return formatted("%a %b %e %H:%M:%S %Y")
        case "%": return "%"
        default: return nil
        }
    }

    private func padded(_ number: Int?, _ width: Int, _ fill: String = "0") -> String {
        let digits = "\(number ?? 0)"
        return String(repeating: fill, count: max(0, width - digits.utf8.count)) + digits
    }
}
