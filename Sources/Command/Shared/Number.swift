import ArgumentParser
import Attend
import Foundation

/// A value that a flag does not take, and what it takes, as the end of a sentence.
struct InvalidValue: Error, CustomStringConvertible {
    let description: String
}

/// Reads the numbers of flags, and refuses those out of range.
enum Number {
    /// Whole numbers of a range.
    static func whole(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { text in
            guard let number = Int(text), range.contains(number) else {
                throw InvalidValue(
                    description:
                        "expected a whole number from \(range.lowerBound.grouped) to "
                        + range.upperBound.grouped)
            }
            return number
        }
    }

    /// Numbers of a range, both ends included.
    static func real(_ range: ClosedRange<Double>) -> @Sendable (String) throws -> Double {
        { text in
            guard let number = Double(text), range.contains(number) else {
                throw InvalidValue(
                    description:
                        "expected a number from \(range.lowerBound.short) to \(range.upperBound.short)"
                )
            }
            return number
        }
    }

    /// Numbers greater than 0, up to a limit.
    static func positive(upTo limit: Double) -> @Sendable (String) throws -> Double {
        { text in
            guard let number = Double(text), number > 0, number <= limit else {
                throw InvalidValue(
                    description: "expected a number greater than 0, up to \(limit.short)")
            }
            return number
        }
    }

    /// Seeds: all numbers of 64 bits.
    static let seed: @Sendable (String) throws -> UInt64 = { text in
        guard let number = UInt64(text) else {
            throw InvalidValue(description: "expected a whole number from 0 to \(UInt64.max)")
        }
        return number
    }

    /// Sizes of memory: a number and kB, MB or GB, or KiB, MiB or GiB.
    static let byteCount: @Sendable (String) throws -> Double = { text in
        let units = [
            "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824,
        ]
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let number = Double(digits), let factor = units[unit], number * factor >= 1e6,
            number * factor <= 1e15
        else {
            throw InvalidValue(
                description: "expected a size from 1MB to 1000000GB, such as 800MB or 2GB")
        }
        return number * factor
    }

    /// Token ids with commas between them.
    static let tokenIDs: @Sendable (String) throws -> [Int32] = { text in
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        let ids = words.compactMap { word in
            Int32(word.trimmingPrefix(" ")).flatMap { $0 >= 0 ? $0 : nil }
        }
        guard ids.count == words.count else {
            throw InvalidValue(
                description: "expected whole numbers from 0 with commas between them, such as 1,2,3"
            )
        }
        return ids
    }
}

/// One of a few names.
enum Name {
    /// The case of this name, or an error that suggests the nearest.
    static func of<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ type: Choice.Type
    ) -> @Sendable (String) throws -> Choice where Choice.RawValue == String {
        { text in
            if let choice = Choice(rawValue: text) { return choice }
            throw unknown(text, among: Choice.allCases.map(\.rawValue))
        }
    }

    /// The end of a sentence about an unknown name.
    static func unknown(_ name: String, among names: [String]) -> InvalidValue {
        let nearest = nearestName(to: name, in: names)
        return InvalidValue(
            description: "expected one of \(names.joined(separator: ", "))"
                + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
}

extension Int {
    /// The number with commas between thousands.
    var grouped: String {
        var digits = String(magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.append(String(digits.suffix(3)))
            digits.removeLast(3)
        }
        groups.append(digits)
        return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
    }
}

extension Double {
    /// The number without a fraction of zero.
    var short: String {
        Int(exactly: self)?.grouped ?? "\(self)"
    }

    /// The number with a fixed count of decimals.
    func rounded(to decimals: Int) -> String {
        String(format: "%.\(decimals)f", self)
    }
}
