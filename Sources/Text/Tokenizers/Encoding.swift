/// A special token: a mark in a sequence that no user's text spells.
public struct SpecialToken: Hashable, Sendable {
    /// Its number.
    public let id: Int32

    /// How it is written, such as `</s>`.
    public let text: String

    /// A special token of this number and text.
    public init(id: Int32, text: String) { (self.id, self.text) = (id, text) }
}

/// What to do with special tokens while encoding.
public struct EncodingOptions: Hashable, Sendable {
    /// Whether the marks that the model's template asks for are put around the text, such as `[CLS]`.
    public var addsSpecialTokens: Bool

    /// Whether a special token written in the text becomes that token.
    ///
    /// Only for text that the program itself has put together, such as a chat template's output: a
    /// user could otherwise forge the end of a message.
    public var parsesSpecialTokens: Bool

    /// Stretches of the text, as bytes of its UTF-8 form, in which a special token stays text all the
    /// same: in ascending order, without overlaps.
    ///
    /// This is what a program marks as the user's in a text that it has put together.
    public var ordinaryRanges: [Range<Int>] = []

    /// The options; by default the template is added, and text stays text.
    public init(
        addsSpecialTokens: Bool = true, parsesSpecialTokens: Bool = false,
        ordinaryRanges: [Range<Int>] = []
    ) {
        self.addsSpecialTokens = addsSpecialTokens
        self.parsesSpecialTokens = parsesSpecialTokens
        self.ordinaryRanges = ordinaryRanges
    }

    /// Whether a special token that is written at this place of the text stays text.
    func isOrdinary(_ range: Range<Int>) -> Bool {
        guard parsesSpecialTokens else { return true }
        // The first stretch that ends after the place begins.
        var (low, high) = (0, ordinaryRanges.count)
        while low < high {
            let middle = (low + high) / 2
            if ordinaryRanges[middle].upperBound > range.lowerBound {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low < ordinaryRanges.count && ordinaryRanges[low].lowerBound < range.upperBound
    }
}

/// The tokens of a text, and where in it each of them stands.
public struct Encoding: Hashable, Sendable {
    /// The tokens.
    public var ids: [Int32]

    /// For each token, which of the texts of a pair it belongs to: 0 or 1, unless a template says else.
    public var typeIDs: [Int32]

    /// For each token, the bytes of its text's UTF-8 form that it stands for; empty for what a template
    /// added.
    public var offsets: [Range<Int>]

    /// For each token, whether a template added it.
    public var specialMask: [Bool]

    /// No tokens.
    public init() { (ids, typeIDs, offsets, specialMask) = ([], [], [], []) }

    /// How many tokens there are.
    public var count: Int { ids.count }

    /// Adds one token at the end.
    public mutating func append(
        id: Int32, typeID: Int32 = 0, offsets range: Range<Int> = 0..<0, isSpecial: Bool = false
    ) {
        ids.append(id)
        typeIDs.append(typeID)
        offsets.append(range)
        specialMask.append(isSpecial)
    }

    /// Adds the tokens of another encoding at the end.
    public mutating func append(_ other: Encoding) {
        ids += other.ids
        typeIDs += other.typeIDs
        offsets += other.offsets
        specialMask += other.specialMask
    }
}
