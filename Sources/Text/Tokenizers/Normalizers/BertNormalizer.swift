/// How BERT prepares a text: control characters go, white space becomes spaces, Chinese characters get
/// spaces around them, accents go, letters become small.
///
/// - Source: Devlin et al. 2019, the tokenizer of its code; the tables are those of Unicode 8, with which
///   Hugging Face tokenizers prepares texts.
package struct BertNormalizer: Hashable, Sendable {
    /// Whether control characters go and white space becomes spaces.
    var cleansText = true

    /// Whether Chinese characters get spaces around them.
    var spacesChineseCharacters = true

    /// Whether accents go; nil where they go when letters become small.
    var stripsAccents: Bool?

    /// Whether letters become small.
    var lowercases = true

    /// Changes the text.
    func normalize(_ text: inout NormalizedText) {
        if cleansText { text.replaceScalars(Self.cleaned) }
        if spacesChineseCharacters {
            text.replaceScalars { scalar in
                Self.isChinese(scalar) ? Array(" \(scalar) ".utf8) : nil
            }
        }
        if stripsAccents ?? lowercases {
            text.normalize(to: .decomposed)
            text.replaceScalars { Self.isAccent($0) ? [] : nil }
        }
        if lowercases { text.lowercase() }
    }

    private static func cleaned(_ scalar: Unicode.Scalar) -> [UInt8]? {
        switch scalar.value {
        case 0x21...0x7E, 0x20: return nil
        case 0x09, 0x0A, 0x0D: return space
        case 0x00, 0xFFFD: return []
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .privateUse: return []
        case .format: return scalar.isKnown(to: 8) ? [] : nil
        default: return scalar.properties.isWhitespace ? space : nil
        }
    }

    private static let space = Array(" ".utf8)

    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.value {
        // Later versions of Unicode moved these between the kinds of letters and marks.
        case 0x1885, 0x1886, 0xA9BD, 0x1_11C9: return false
        case 0x1734, 0x1_171E: return true
        default: break
        }
        return scalar.properties.generalCategory == .nonspacingMark && scalar.isKnown(to: 8)
    }

    /// The blocks of unified and compatibility ideographs.
    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x2_0000...0x2_A6DF,
            0x2_A700...0x2_B73F, 0x2_B740...0x2_B81F, 0x2_B920...0x2_CEAF, 0x2_F800...0x2_FA1F:
            true
        default: false
        }
    }
}

extension BertNormalizer {
    /// Reads the component's fields.
    init(_ fields: ComponentFields) throws(TokenizerError) {
        cleansText = try fields.flag("clean_text", default: true)
        spacesChineseCharacters = try fields.flag("handle_chinese_chars", default: true)
        stripsAccents =
            fields.value("strip_accents") == nil
            ? nil : try fields.flag("strip_accents", default: true)
        lowercases = try fields.flag("lowercase", default: true)
    }

    /// The component as it stands in `tokenizer.json`.
    var json: JSONValue {
        .fields([
            "type": .string("BertNormalizer"), "clean_text": .bool(cleansText),
            "handle_chinese_chars": .bool(spacesChineseCharacters),
            "strip_accents": stripsAccents.map { .bool($0) } ?? .null,
            "lowercase": .bool(lowercases),
        ])
    }
}
