/// Strings of bytes within others.
enum ByteMatches {
    /// Where a string of bytes occurs, from left to right and without overlap; an empty one nowhere.
    ///
    /// - Complexity: O(n + m), after Knuth, Morris and Pratt 1977.
    static func ranges(of pattern: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        guard let first = pattern.first, text.count >= pattern.count else { return [] }
        if pattern.count == 1 {
            return text.indices.filter { text[$0] == first }.map { $0..<$0 + 1 }
        }
        let borders = borders(of: pattern)
        var ranges: [Range<Int>] = []
        var matched = 0
        for place in text.indices {
            while matched > 0, text[place] != pattern[matched] { matched = borders[matched - 1] }
            if text[place] == pattern[matched] { matched += 1 }
            if matched == pattern.count {
                ranges.append(place + 1 - matched..<place + 1)
                matched = 0
            }
        }
        return ranges
    }

    /// The text with another string in each place of a string.
    static func replacing(_ pattern: [UInt8], in text: [UInt8], with other: [UInt8]) -> [UInt8] {
        let ranges = ranges(of: pattern, in: text)
        if ranges.isEmpty { return text }
        var result: [UInt8] = []
        var kept = 0
        for range in ranges {
            result += text[kept..<range.lowerBound]
            result += other
            kept = range.upperBound
        }
        return result + text[kept...]
    }

    /// For each beginning of a pattern, how long its longest true beginning is that also ends it.
    static func borders(of pattern: [UInt8]) -> [Int] {
        var borders = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = borders[length - 1] }
            if pattern[index] == pattern[length] { length += 1 }
            borders[index] = length
        }
        return borders
    }
}
