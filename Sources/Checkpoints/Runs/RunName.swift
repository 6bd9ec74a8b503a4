public import Foundation

/// The names of runs that were not given one.
public enum RunName {
    /// A path that does not exist yet: `runs/<data>-<model>-<yyyymmdd-hhmmss>`, with a number where
    /// it is taken.
    ///
    /// - Parameters:
    ///   - data: the name of the corpus, or the path of the data file, of which the base name counts.
    ///   - model: the name of the model.
    ///   - date: when the run began.
    ///   - timeZone: where the clock on the wall shows the time in the name.
    ///   - parent: the directory of the runs.
    public static func unused(
        data: String, model: String, at date: Date = Date(), in timeZone: TimeZone = .current,
        under parent: String = "runs"
    ) -> String {
        let name = "\(plain(stem(data.lastComponent)))-\(plain(model))-\(stamp(date, timeZone))"
        let path = parent.appending(component: name)
        var candidate = path
        var number = 2
        while FileKind.of(candidate) != nil {
            candidate = "\(path)-\(number)"
            number += 1
        }
        return candidate
    }

    private static func stamp(_ date: Date, _ timeZone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ count: Int = 2) -> String {
            let text = "\(value ?? 0)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month) + digits(parts.day) + "-"
            + digits(parts.hour) + digits(parts.minute) + digits(parts.second)
    }

    /// A file's name without its extension.
    private static func stem(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }

    /// The name with a hyphen for whatever a shell or a disk could stumble over.
    private static func plain(_ name: String) -> String {
        let safe = name.unicodeScalars.prefix(60).map { scalar in
            let isSafe = scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
            return isSafe || scalar == "_" ? String(scalar) : "-"
        }
        let joined = safe.joined()
        return joined.allSatisfy { $0 == "-" } ? "run" : joined
    }
}
