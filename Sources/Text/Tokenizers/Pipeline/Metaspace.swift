/// SentencePiece's way with spaces: a visible sign stands for each, and begins a piece.
package struct Metaspace: Hashable, Sendable {
    /// What stands for a space: usually ▁, U+2581.
    package var replacement: Unicode.Scalar

    /// Where the sign is put before a piece that lacks it.
    package var scheme: Scheme

    /// Whether the text is divided before each sign.
    package var divides: Bool

    /// Where the sign is put before a piece that lacks it.
    package enum Scheme: String, CaseIterable, Sendable {
        /// Before the first of a text.
        case first
        /// Nowhere.
        case never
        /// Before each.
        case always
    }

    /// These settings.
    package init(
        replacement: Unicode.Scalar = "\u{2581}", scheme: Scheme = .always, divides: Bool = true
    ) {
        self.replacement = replacement
        self.scheme = scheme
        self.divides = divides
    }

    /// Reads the settings, which the pre-tokenizer and the decoder share.
    package init(_ fields: ComponentFields) throws(TokenizerError) {
        replacement = try fields.character("replacement") ?? "\u{2581}"
        let isAdded = try fields.flag("add_prefix_space", default: true)
        // An older name and form of the same thing, which newer files may still hold.
        _ = try fields.text("str_rep")
        if let text = try fields.text("prepend_scheme") {
            guard let scheme = Scheme(rawValue: text) else {
                throw fields.fault(
                    "prepend_scheme", .string(text), needed: "one of first, never, always")
            }
            self.scheme = scheme
        } else {
            scheme = isAdded ? .always : .never
        }
        divides = try fields.flag("split", default: true)
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        .fields([
            "type": .string("Metaspace"), "replacement": .string(String(replacement)),
            "prepend_scheme": .string(scheme.rawValue), "split": .bool(divides),
        ])
    }

    /// Writes the sign for spaces, and divides pieces before it.
    func divide(_ text: inout NormalizedText, _ pieces: [Range<Int>]) -> [Range<Int>] {
        let sign = Array(String(replacement).utf8)
        var written: [Range<Int>] = []
        let before = text
        text.rewrite { old, new in
            for piece in pieces where !piece.isEmpty {
                let start = new.count
                var place = piece.lowerBound
                let first = place + UTF8Scalars.length(from: old[place])
                let beginsWithSign =
                    old[place] == UInt8(ascii: " ") || old[piece].starts(with: sign)
                let isWanted =
                    switch scheme {
                    case .always: true
                    case .never: false
                    case .first: before.startsOriginal(piece)
                    }
                if isWanted, !beginsWithSign {
                    new.replace(place..<first, with: sign + old[place..<first])
                    place = first
                }
                while place < piece.upperBound {
                    let next =
                        old[place..<piece.upperBound].firstIndex(of: UInt8(ascii: " "))
                        ?? piece.upperBound
                    new.keep(place..<next)
                    place = next
                    if place < piece.upperBound {
                        new.replace(place..<place + 1, with: sign)
                        place += 1
                    }
                }
                written.append(start..<new.count)
            }
        }
        guard divides else { return written }
        var result: [Range<Int>] = []
        for piece in written {
            SplitPattern.literal(String(replacement)).divide(
                text.bytes, piece, .mergedWithNext, isInverted: false, to: &result)
        }
        return result
    }
}

extension ComponentFields {
    /// A single character; nil where it is missing or null.
    func character(_ name: String) throws(TokenizerError) -> Unicode.Scalar? {
        guard let text = try text(name) else { return nil }
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
            throw fault(name, .string(text), needed: "a single character")
        }
        return scalar
    }
}
