/// The strings with which the training of a unigram vocabulary begins: every character, and what occurs
/// more than once within words, the most covering first.
///
/// All places of all words are sorted by what stands there, up to the longest piece; what neighbours
/// share is a string that occurs more than once. A string that always goes on in the same way is left
/// out in favour of the longer one.
///
/// - Complexity: O(n log n) for n characters of different words.
/// - Source: Kudo 2018, §3.3; the strings are the inner nodes of a suffix tree.
package struct SeedPieces {
    /// The strings; characters come first.
    package private(set) var pieces: [(text: [UInt8], weight: Double)] = []

    /// How many of ``pieces`` are single characters.
    package private(set) var characterCount = 0

    /// All characters of all words end to end.
    private var scalars: [UInt32] = []

    /// How many characters are left of its word at each place, itself included.
    private var lengths: [Int32] = []

    /// How often the word of each place occurs.
    private var counts: [Int] = []

    private let longest: Int

    /// The seeds of these words.
    ///
    /// - Parameters:
    ///   - longest: the most characters of a piece.
    ///   - limit: the most pieces.
    package init(_ words: WordCounts, longest: Int, limit: Int) {
        self.longest = longest
        for (word, count) in words.all {
            let characters = UTF8Scalars.scalars(of: word)
            for (index, scalar) in characters.enumerated() {
                scalars.append(scalar.value)
                lengths.append(Int32(min(characters.count - index, longest)))
                counts.append(count)
            }
        }
        var characters: [UInt32: Int] = [:]
        for (scalar, count) in zip(scalars, counts) { characters[scalar, default: 0] += count }
        for (scalar, count) in characters.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            pieces.append((Self.text(of: [scalar]), Double(count)))
        }
        characterCount = pieces.count
        var repeated = repeatedStrings(sorted())
        repeated.sort { ($1.weight, $0.start) < ($0.weight, $1.start) }
        for string in repeated.prefix(max(0, limit - characterCount)) {
            let text = Self.text(of: scalars[string.start..<string.start + string.length])
            pieces.append((text, Double(string.weight)))
        }
    }

    private static func text(of scalars: some Sequence<UInt32>) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for scalar in scalars { text.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
        return Array(String(text).utf8)
    }

    /// The character at a distance from a place; 0 beyond the word or the longest piece.
    private func key(_ place: Int32, _ depth: Int) -> UInt32 {
        depth < Int(lengths[Int(place)]) ? scalars[Int(place) + depth] + 1 : 0
    }

    /// All places in the order of what stands there: quicksort by one character after another.
    ///
    /// - Source: Bentley and Sedgewick 1997, Fast Algorithms for Sorting and Searching Strings.
    private func sorted() -> [Int32] {
        var places = scalars.indices.map { Int32($0) }
        var stack = [(range: places.indices, depth: 0)]
        while let (range, depth) = stack.popLast() {
            guard range.count > 1, depth < longest else { continue }
            let pivot = key(places[range.lowerBound + range.count / 2], depth)
            var (less, place, more) = (range.lowerBound, range.lowerBound, range.upperBound)
            while place < more {
                let key = key(places[place], depth)
                if key < pivot {
                    places.swapAt(less, place)
                    less += 1
                    place += 1
                } else if key > pivot {
                    more -= 1
                    places.swapAt(place, more)
                } else {
                    place += 1
                }
            }
            stack.append((range.lowerBound..<less, depth))
            if pivot > 0 { stack.append((less..<more, depth + 1)) }
            stack.append((more..<range.upperBound, depth))
        }
        return places
    }

    /// How many characters two places share.
    private func shared(_ first: Int32, _ second: Int32) -> Int {
        let limit = Int(min(lengths[Int(first)], lengths[Int(second)]))
        var length = 0
        while length < limit, scalars[Int(first) + length] == scalars[Int(second) + length] {
            length += 1
        }
        return length
    }

    private struct Repeated {
        let start: Int
        let length: Int
        let weight: Int
    }

    /// The strings of at least two characters that occur more than once.
    private func repeatedStrings(_ places: [Int32]) -> [Repeated] {
        var result: [Repeated] = []
        // Strings that the last place begins with and that may go on: their lengths grow from the bottom.
        var open: [(length: Int, place: Int32, count: Int, isRepeated: Bool)] = []
        func close(to length: Int) {
            while let top = open.last, top.length > length {
                open.removeLast()
                if top.length > 1, top.count > 1, top.isRepeated || counts[Int(top.place)] > 1 {
                    result.append(
                        Repeated(
                            start: Int(top.place), length: top.length,
                            weight: top.count * top.length))
                }
                if let below = open.indices.last, open[below].length >= length {
                    open[below].count += top.count
                    open[below].isRepeated = true
                } else if length > 0 {
                    open.append((length, top.place, top.count, true))
                }
            }
        }
        for (index, place) in places.enumerated() {
            close(to: index == 0 ? 0 : shared(places[index - 1], place))
            let length = Int(lengths[Int(place)])
            let count = counts[Int(place)]
            if let top = open.indices.last, open[top].length == length {
                open[top].count += count
                open[top].isRepeated = true
            } else {
                open.append((length, place, count, false))
            }
        }
        close(to: 0)
        return result
    }
}
