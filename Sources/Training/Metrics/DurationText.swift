import AttendFigures

/// Durations as people say them.
public enum DurationText {
    /// A duration by its two largest units, such as `1m 05s`; a dash where it is not known.
    public static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
        let whole = Int(seconds.rounded())
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60)m \(twoDigits(whole % 60))s"
        case ..<86_400: return "\(whole / 3600)h \(twoDigits(whole % 3600 / 60))m"
        default: return "\(Numeral.count(whole / 86_400))d \(twoDigits(whole % 86_400 / 3600))h"
        }
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
