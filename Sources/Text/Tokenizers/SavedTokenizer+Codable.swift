extension SavedTokenizer: Codable {
    /// Reads the stored form, and checks it.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` for a wrong value, the decoder's own error for a wrong type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: TokenizerField.self)
        if container.contains("model"), !container.contains("type") {
            self = .bytePair(try BytePairTokenizer(from: decoder))
            return
        }
        let type = try container.decode(String.self, forKey: "type")
        var allowed: [TokenizerField] = ["type"]
        switch type {
        case "character":
            allowed += ["characters", "specialTokens"]
            let strings = try container.decode([String].self, forKey: "characters")
            let special = try container.decodeIfPresent([String].self, forKey: "specialTokens")
            self = .character(
                try CharacterTokenizer(
                    characters: Self.scalars(strings), specialTokens: special ?? []))
        case "byte":
            self = .byte(ByteTokenizer())
        default:
            throw TokenizerError.invalid(
                "The tokenizer's \"type\" is \"\(type)\"; expected \"character\" or \"byte\".")
        }
        try container.requireOnly(allowed, in: "tokenizer of type \"\(type)\"")
    }

    /// Writes the stored form.
    public func encode(to encoder: any Encoder) throws {
        if case .bytePair(let tokenizer) = self { return try tokenizer.encode(to: encoder) }
        var container = encoder.container(keyedBy: TokenizerField.self)
        switch self {
        case .character(let tokenizer):
            try container.encode("character", forKey: "type")
            try container.encode(tokenizer.characters.map { String($0) }, forKey: "characters")
            if !tokenizer.specialTexts.isEmpty {
                try container.encode(tokenizer.specialTexts, forKey: "specialTokens")
            }
        case .byte, .bytePair:
            try container.encode("byte", forKey: "type")
        }
    }

    /// Each string's only scalar.
    private static func scalars(_ strings: [String]) throws(TokenizerError) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for (id, string) in strings.enumerated() {
            guard let scalar = string.unicodeScalars.first, string.unicodeScalars.count == 1 else {
                throw .invalid(
                    "The tokenizer's character \(id) consists of \(string.unicodeScalars.count) Unicode "
                        + "scalars; each must be exactly one.")
            }
            scalars.append(scalar)
        }
        return scalars
    }
}
