/// A text within a template: Unicode scalars, each of which knows whether it is the template's own
/// or came with the conversation.
///
/// Python's strings are sequences of scalars, so lengths, slices and comparisons here are those of
/// scalars too (Swift's `String` compares by canonical equivalence and counts grapheme clusters).
/// The mark of origin goes along with a scalar through every operation; it is what keeps a text
/// such as `<|im_start|>` in a message from becoming a special token.
struct TemplateText: Sendable {
    /// Scalar values, with ``foreignMark`` set in those that came with the conversation.
    private(set) var units: [UInt32]

    /// The bit of a scalar that did not come from the template.
    static let foreignMark: UInt32 = 1 << 31

    init(units: [UInt32] = []) {
        self.units = units
    }

    init(units: ArraySlice<UInt32>) {
        self.units = Array(units)
    }

    /// - Parameter isForeign: whether the text came with the conversation.
    init(_ text: some StringProtocol, isForeign: Bool = false) {
        let mark = isForeign ? Self.foreignMark : 0
        units = text.unicodeScalars.map { $0.value | mark }
    }

    var count: Int { units.count }
    var isEmpty: Bool { units.isEmpty }

    /// The scalar's value without its mark.
    static func scalar(_ unit: UInt32) -> UInt32 { unit & ~foreignMark }

    /// The scalar at an index, without its mark.
    subscript(index: Int) -> UInt32 { Self.scalar(units[index]) }

    mutating func append(_ other: TemplateText) {
        units += other.units
    }

    mutating func append(_ text: StaticString) {
        "\(text)".unicodeScalars.forEach { units.append($0.value) }
    }

    /// Whether `other` stands at `index`.
    func has(_ other: TemplateText, at index: Int) -> Bool {
        guard index >= 0, other.count <= count - index else { return false }
        for offset in 0..<other.count where self[index + offset] != other[offset] { return false }
        return true
    }

    /// The text without those scalars at its ends that fit.
    func trimmed(
        start: Bool = true, end: Bool = true, where fits: (UInt32) -> Bool
    ) -> TemplateText {
        var range = 0..<count
        while start, let first = range.first, fits(self[first]) {
            range = first + 1..<range.upperBound
        }
        while end, let last = range.last, fits(self[last]) {
            range = range.lowerBound..<last
        }
        return range.count == count ? self : TemplateText(units: units[range])
    }

    /// The text for programs, without the marks.
    var string: String {
        var text = String.UnicodeScalarView()
        for unit in units {
            if let scalar = Unicode.Scalar(Self.scalar(unit)) { text.append(scalar) }
        }
        return String(text)
    }
}

extension TemplateText: Hashable {
    static func == (first: TemplateText, second: TemplateText) -> Bool {
        first.count == second.count && first.has(second, at: 0)
    }

    func hash(into hasher: inout Hasher) {
        for unit in units { hasher.combine(Self.scalar(unit)) }
    }
}

extension TemplateText: Comparable {
    static func < (first: TemplateText, second: TemplateText) -> Bool {
        first.units.lexicographicallyPrecedes(second.units) { Self.scalar($0) < Self.scalar($1) }
    }
}

extension UInt32 {
    /// Whether Python takes the scalar for white space.
    var isPythonSpace: Bool {
        switch self {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
            0x205F, 0x3000:
            true
        default: false
        }
    }
}
