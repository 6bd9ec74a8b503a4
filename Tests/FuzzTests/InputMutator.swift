/// Makes inputs out of those of a corpus, which differ in ways that parsers trip over.
///
/// The same seed gives the same inputs.
struct InputMutator {
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]
    private let largestSize: Int
    private let isZip: Bool
    private var state: UInt64

    /// - Parameters:
    ///   - target: whose words and largest size they are.
    ///   - corpus: the inputs to start from.
    init(_ target: FuzzTarget, corpus: [[UInt8]], seed: UInt64) {
        self.corpus = corpus
        words = target.words.map { Array($0.utf8) } + Self.commonWords
        largestSize = target.largestSize
        isZip = target.isZip
        state = seed
    }

    /// Numbers at whose edges readers go wrong, and the signs of text formats.
    private static let commonWords: [[UInt8]] =
        [
            "0", "-1", "1", "255", "256", "65536", "2147483647", "2147483648", "-2147483649",
            "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "18446744073709551615", "18446744073709551616", "1e400", "-1e400", "1e-400", "0.5",
            "-0",
            "NaN", "Infinity", "null", "true", "false", "[]", "{}", "\"\"", "\"", "{", "}", "[",
            "]", ",", ":",
            "\\u0000", "\\ud800", "\n", "\r\n", " ", "\t", "\0", "é", "e\u{301}", "\u{FEFF}",
            "\u{202E}", "👩‍👩‍👧",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]

    private static let edges: [UInt64] = [
        0, 1, .max, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0x4000_0000_0000_0000, 64,
        4096,
    ]

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    private mutating func below(_ limit: Int) -> Int {
        limit <= 0 ? 0 : Int(next() % UInt64(limit))
    }

    /// A part of so many bytes: mostly short, at times long.
    private mutating func range(in count: Int) -> Range<Int> {
        let start = below(count)
        let longest = below(4) == 0 ? count : 16
        return start..<min(count, start + 1 + below(longest))
    }

    /// The next input; each is made from the corpus anew.
    mutating func input() -> [UInt8] {
        changed(corpus[below(corpus.count)])
    }

    /// An input that differs from another in a few places.
    mutating func changed(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        if isZip, below(2) == 0, var parts = ZipParts(bytes) {
            repeat { change(&parts[below(parts.count)]) } while below(3) == 0
            bytes = parts.bytes
        } else {
            change(&bytes)
        }
        return Array(bytes.prefix(largestSize))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        repeat { mutate(&bytes) } while below(3) != 0
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        switch below(bytes.isEmpty ? 2 : 14) {
        case 0: bytes.insert(contentsOf: words[below(words.count)], at: below(bytes.count + 1))
        case 1: cross(&bytes)
        case 2: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
        case 3: bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: next())
        case 4: bytes.removeSubrange(range(in: bytes.count))
        case 5: bytes.removeLast(bytes.count - below(bytes.count))
        case 6:
            let part = Array(bytes[range(in: bytes.count)])
            bytes.insert(contentsOf: part, at: below(bytes.count + 1))
        case 7: bytes.replaceSubrange(range(in: bytes.count), with: words[below(words.count)])
        case 8, 9: setNumber(&bytes)
        case 10, 11: setDigits(&bytes)
        case 12: repeatPart(&bytes)
        default:
            let (first, second) = (range(in: bytes.count), range(in: bytes.count))
            let part = Array(bytes[first])
            bytes.replaceSubrange(first, with: Array(bytes[second]))
            let place = min(second.lowerBound, bytes.count)
            bytes.replaceSubrange(place..<min(place + second.count, bytes.count), with: part)
        }
    }

    /// Goes on with a part of another input.
    private mutating func cross(_ bytes: inout [UInt8]) {
        let other = corpus[below(corpus.count)]
        guard !other.isEmpty else { return }
        bytes.removeLast(bytes.count - below(bytes.count + 1))
        bytes += other[below(other.count)...]
    }

    /// Sets a number of one, two, four or eight bytes to an edge.
    private mutating func setNumber(_ bytes: inout [UInt8]) {
        let size = 1 << below(4)
        guard bytes.count >= size else { return }
        var place = below(bytes.count - size + 1)
        if below(2) == 0 { place -= place % size }
        var number = Self.edges[below(Self.edges.count)]
        if below(4) == 0 { number = number &+ UInt64(bitPattern: Int64(below(17) - 8)) }
        for offset in 0..<size {
            bytes[place + offset] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(offset)))
        }
    }

    /// Replaces a number that is written in digits.
    private mutating func setDigits(_ bytes: inout [UInt8]) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let start = below(bytes.count)
        guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
        let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(first..<end, with: Self.commonWords[below(23)])
    }

    /// Repeats a part until the input is large.
    private mutating func repeatPart(_ bytes: inout [UInt8]) {
        let part = Array(bytes[range(in: bytes.count)])
        let count = min(below(1 << below(12)), largestSize / part.count)
        let place = below(bytes.count + 1)
        var repeated: [UInt8] = []
        repeated.reserveCapacity(count * part.count)
        for _ in 0..<count { repeated += part }
        bytes.insert(contentsOf: repeated, at: place)
    }
}
