/// A text while a pipeline changes it, with the way back to the original.
///
/// A normalizer or pre-tokenizer replaces stretches of bytes by others; each byte remembers which
/// bytes of the original it came from, so that a token can say which part of the user's text it is.
/// The memory for that is spent only where somebody asked for offsets.
package struct NormalizedText: Sendable {
    /// The text as it stands now: always well-formed UTF-8.
    package private(set) var bytes: [UInt8]

    private var alignment: Alignment

    /// Where the text began in the original.
    private let start: Int

    /// Where bytes came from.
    private enum Alignment: Sendable {
        /// Nobody will ask.
        case unknown
        /// Byte i is byte i + offset of the original.
        case shifted(by: Int)
        /// Byte i stands for these bytes of the original.
        case table([Range<Int32>])
    }

    /// A text as it came.
    ///
    /// - Parameters:
    ///   - bytes: well-formed UTF-8 of at most `Int32.max` bytes.
    ///   - offset: where the bytes stand in the whole text that the user gave.
    ///   - keepsAlignment: whether ``originalRange(of:)`` will be asked.
    package init(_ bytes: [UInt8], at offset: Int = 0, keepsAlignment: Bool) {
        self.bytes = bytes
        start = offset
        alignment = keepsAlignment ? .shifted(by: offset) : .unknown
    }

    /// Which bytes of the original a stretch came from; an empty range where alignment is not kept.
    package func originalRange(of range: Range<Int>) -> Range<Int> {
        switch alignment {
        case .unknown: return 0..<0
        case .shifted(let offset): return range.lowerBound + offset..<range.upperBound + offset
        case .table(let table):
            guard !range.isEmpty else {
                let place =
                    range.lowerBound < table.count
                    ? table[range.lowerBound].lowerBound : table.last?.upperBound ?? 0
                return Int(place)..<Int(place)
            }
            let lower = table[range.lowerBound].lowerBound
            let upper = table[range.upperBound - 1].upperBound
            return Int(lower)..<Int(max(lower, upper))
        }
    }

    /// Whether a stretch begins where the original does.
    ///
    /// The whole text does so even where a normalizer took something from its beginning.
    func startsOriginal(_ range: Range<Int>) -> Bool {
        guard range != bytes.indices else { return start == 0 }
        return originalRange(of: range).lowerBound == 0
    }

    /// A stretch as a text of its own, which still knows where it came from.
    func slice(_ range: Range<Int>) -> NormalizedText {
        var slice = NormalizedText(
            Array(bytes[range]), at: originalRange(of: range).lowerBound, keepsAlignment: false)
        switch alignment {
        case .unknown: break
        case .shifted(let offset): slice.alignment = .shifted(by: offset + range.lowerBound)
        case .table(let table): slice.alignment = .table(Array(table[range]))
        }
        return slice
    }

    /// Makes the text anew from stretches of the old one and from what replaces the others.
    ///
    /// What the body neither keeps nor replaces is gone.
    package mutating func rewrite<Failure: Error>(
        _ body: (_ old: [UInt8], _ new: inout Rewriter) throws(Failure) -> Void
    ) throws(Failure) {
        let old = bytes
        var rewriter = Rewriter(self)
        try body(old, &rewriter)
        bytes = rewriter.bytes
        if let table = rewriter.table { alignment = .table(table) }
    }

    /// The new form of a text while it is made, from left to right.
    package struct Rewriter {
        fileprivate var bytes: [UInt8] = []
        fileprivate var table: [Range<Int32>]?
        private let old: NormalizedText

        fileprivate init(_ old: NormalizedText) {
            self.old = old
            bytes.reserveCapacity(old.bytes.count)
            if case .unknown = old.alignment { return }
            table = []
        }

        /// How many bytes there are so far.
        package var count: Int { bytes.count }

        /// The last byte so far; nil at the start.
        package var lastByte: UInt8? { bytes.last }

        /// Appends a stretch of the old text as it is.
        package mutating func keep(_ range: Range<Int>) {
            bytes.append(contentsOf: old.bytes[range])
            guard table != nil else { return }
            for place in range {
                table?.append(Self.narrow(old.originalRange(of: place..<place + 1)))
            }
        }

        /// Appends new bytes, which stand for a stretch of the old text (an empty one for what is
        /// inserted).
        package mutating func replace(_ range: Range<Int>, with new: some Collection<UInt8>) {
            bytes.append(contentsOf: new)
            guard table != nil else { return }
            let origin = Self.narrow(old.originalRange(of: range))
            table?.append(contentsOf: repeatElement(origin, count: new.count))
        }

        private static func narrow(_ range: Range<Int>) -> Range<Int32> {
            Int32(range.lowerBound)..<Int32(range.upperBound)
        }
    }
}
