/// How the visible mark for spaces becomes spaces again; in the first token it is left out where it
/// was put before every text.
package struct MetaspaceDecoder: Hashable, Sendable {
    /// The mark, often `▁`.
    var replacement: Unicode.Scalar = "\u{2581}"

    /// When the mark was put before a text: `always`, `first` or `never`.
    var prependScheme = "always"

    /// A setting of the pre-tokenizer of the same name, which decoding does not need.
    var splits = true
}

extension MetaspaceDecoder {
    /// Reads the component's fields.
    init(_ fields: ComponentFields) throws(TokenizerError) {
        if let text = try fields.text("replacement") {
            guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
                throw fields.fault("replacement", .string(text), needed: "one character")
            }
            replacement = scalar
        }
        // An old form of the mark, which the other field repeats.
        _ = try fields.text("str_rep")
        let addsPrefix = try fields.flag("add_prefix_space", default: true)
        prependScheme = try fields.text("prepend_scheme") ?? (addsPrefix ? "always" : "never")
        guard ["always", "first", "never"].contains(prependScheme) else {
            throw fields.fault(
                "prepend_scheme", .string(prependScheme),
                needed: "\"always\", \"first\" or \"never\"")
        }
        guard addsPrefix || prependScheme == "never" else {
            throw fields.fault(
                "add_prefix_space", .bool(false), needed: "what agrees with \"prepend_scheme\"")
        }
        splits = try fields.flag("split", default: true)
    }

    /// The component as it stands in `tokenizer.json`.
    var json: JSONValue {
        .fields([
            "type": .string("Metaspace"), "replacement": .string(String(replacement)),
            "prepend_scheme": .string(prependScheme), "split": .bool(splits),
        ])
    }
}

/// The stage of a ``MetaspaceDecoder``.
struct MetaspaceDecoding: DecodingStage {
    let decoder: MetaspaceDecoder
    private var isFirst = true

    init(_ decoder: MetaspaceDecoder) { self.decoder = decoder }

    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart] {
        let mark = Array(String(decoder.replacement).utf8)
        return parts.map { part in
            let space = isFirst && decoder.prependScheme != "never" ? [] : Array(" ".utf8)
            if part.isEnd { isFirst = false }
            return TokenPart(
                bytes: ByteMatches.replacing(mark, in: part.bytes, with: space), isEnd: part.isEnd)
        }
    }
}
