/// What makes text of tokens again: the `decoder` of a `tokenizer.json`.
package indirect enum TokenDecoder: Hashable, Sendable {
    /// One after another.
    case sequence([TokenDecoder])
    /// Characters that stand for bytes become these.
    case byteLevel(ByteLevelSettings)
    /// Tokens such as `<0xE2>` become the bytes they name.
    case byteFallback
    /// All tokens become one.
    case fuse
    /// The visible mark for spaces becomes spaces.
    case metaspace(Metaspace)
    /// Words are joined by spaces, and pieces with the prefix to the word before.
    case wordPiece(prefix: String, cleansUp: Bool)
    /// A mark at the ends of words becomes a space.
    case wordSuffix(String)
    /// A character goes from the ends of each token, up to so many times.
    case strip(content: Unicode.Scalar, start: Int, stop: Int)
    /// One text takes the place of another within tokens.
    case replace(Replacement)

    private static let types = [
        "BPEDecoder", "ByteFallback", "ByteLevel", "Fuse", "Metaspace", "Replace", "Sequence",
        "Strip", "WordPiece",
    ]

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, depth: Int = 0) throws(TokenizerError) {
        let type = try fields.requiredText("type")
        switch type {
        case "Sequence":
            self = .sequence(
                try fields.members("decoders", depth: depth) {
                    fields, depth throws(TokenizerError) in
                    try TokenDecoder(fields, depth: depth)
                })
        case "ByteLevel": self = .byteLevel(try ByteLevelSettings(fields))
        case "ByteFallback": self = .byteFallback
        case "Fuse": self = .fuse
        case "Metaspace": self = .metaspace(try Metaspace(fields))
        case "WordPiece":
            self = .wordPiece(
                prefix: try fields.text("prefix") ?? "##",
                cleansUp: try fields.flag("cleanup", default: true))
        case "BPEDecoder": self = .wordSuffix(try fields.text("suffix") ?? "</w>")
        case "Strip":
            self = .strip(
                content: try fields.scalar("content"), start: try fields.count("start"),
                stop: try fields.count("stop"))
        case "Replace": self = .replace(try Replacement(fields))
        default: throw fields.unknownType(type, known: Self.types)
        }
        try fields.finish()
        guard growth <= Self.mostGrowth else {
            throw .invalid(
                "The tokenizer's field \(fields.path.quoted) makes a text more than \(Self.mostGrowth) times as "
                    + "long by its replacements; make them shorter.")
        }
    }

    /// How many times as long replacements may make a text.
    private static let mostGrowth = 64

    /// How many times as long replacements can make a text at the most, up to where it is too much.
    private var growth: Int {
        switch self {
        case .sequence(let members):
            members.reduce(1) { min($0 * $1.growth, Self.mostGrowth + 1) }
        case .replace(let replacement): min(replacement.growth, Self.mostGrowth + 1)
        default: 1
        }
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        switch self {
        case .sequence(let members):
            .fields(["type": .string("Sequence"), "decoders": .array(members.map(\.json))])
        case .byteLevel(let settings): settings.json
        case .byteFallback: .fields(["type": .string("ByteFallback")])
        case .fuse: .fields(["type": .string("Fuse")])
        case .metaspace(let metaspace): metaspace.json
        case .wordPiece(let prefix, let cleansUp):
            .fields([
                "type": .string("WordPiece"), "prefix": .string(prefix),
                "cleanup": .bool(cleansUp),
            ])
        case .wordSuffix(let suffix):
            .fields(["type": .string("BPEDecoder"), "suffix": .string(suffix)])
        case .strip(let content, let start, let stop):
            .fields([
                "type": .string("Strip"), "content": .string(String(content)),
                "start": .number("\(start)"), "stop": .number("\(stop)"),
            ])
        case .replace(let replacement): replacement.json
        }
    }

    /// What the tokens become; joined, it is the text.
    ///
    /// - Parameter tokens: the bytes of the tokens as the vocabulary has them, special tokens left out
    ///   by the caller where they are not wanted.
    package func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
        var stages = DecodingStages(self)
        return [stages.append(tokens), stages.finish()]
    }

    /// The steps of decoding, in their order.
    var stages: [any DecodingStage] {
        switch self {
        case .sequence(let members): members.flatMap(\.stages)
        case .byteLevel: [ByteLevelDecoding()]
        case .byteFallback: [ByteFallbackDecoding()]
        case .fuse: [FusingDecoding()]
        case .metaspace(let metaspace): [MetaspaceDecoding(metaspace)]
        case .wordPiece(let prefix, let cleansUp):
            [WordPieceDecoding(prefix: prefix, cleansUp: cleansUp)]
        case .wordSuffix(let suffix): [WordSuffixDecoding(suffix: suffix)]
        case .strip(let content, let start, let stop):
            [StripDecoding(content: content, start: start, stop: stop)]
        case .replace(let replacement):
            switch replacement.pattern {
            case .text(let text):
                [TextReplaceDecoding(pattern: text, content: replacement.content)]
            case .run(let run): [RunReplaceDecoding(run: run, content: replacement.content)]
            }
        }
    }
}

extension ComponentFields {
    /// A text of one character that must be there.
    func scalar(_ name: String) throws(TokenizerError) -> Unicode.Scalar {
        let text = try requiredText(name)
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
            throw fault(name, .string(text), needed: "one character")
        }
        return scalar
    }

    /// A whole number from 0; 0 where it is missing or null.
    func count(_ name: String) throws(TokenizerError) -> Int {
        let number = try integer(name) ?? 0
        guard number >= 0 else {
            throw fault(name, .number("\(number)"), needed: "a whole number from 0")
        }
        return number
    }
}
