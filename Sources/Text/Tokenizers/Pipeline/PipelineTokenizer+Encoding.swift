extension PipelineTokenizer: Tokenizer {
    /// The id of a special token that is written like this; nil where there is none.
    public func id(ofSpecial text: String) -> Int32? {
        specialTokens.first { $0.text.utf8.elementsEqual(text.utf8) }?.id
    }

    /// How a token is written in the vocabulary; nil for an id that is not in use.
    public func token(of id: Int32) -> String? {
        addedTokens.token(id)?.content ?? model.vocabulary.text(of: id)
    }

    /// The ids that spell `text`, without what a template adds; what looks like a special token stays
    /// ordinary text.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary has nothing for a piece, not even a
    ///   token for what is unknown.
    public func encode(_ text: String) throws(TokenizerError) -> [Int32] {
        try ids(of: text, parsesSpecialTokens: false)
    }

    /// The ids that spell `text`, without what a template adds.
    ///
    /// - Parameter parsesSpecialTokens: whether special tokens written in the text become these tokens.
    /// - Complexity: O(n) for n bytes of words that were seen before, else O(n log n).
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary has nothing for a piece.
    public func ids(
        of text: String, parsesSpecialTokens: Bool
    ) throws(TokenizerError) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(text.utf8.count / 4)
        var words = cache.borrow()
        defer { cache.giveBack(words) }
        var tokens: [PieceToken] = []
        for section in try sections(
            of: Array(text.utf8), EncodingOptions(parsesSpecialTokens: parsesSpecialTokens),
            keepsAlignment: needsOrigins)
        {
            switch section {
            case .token(let token, _): ids.append(token.id)
            case .text(var text):
                let pieces = divide(&text)
                for (count, piece) in pieces.enumerated() {
                    if count & 0xFFF == 0xFFF, Cancellation.isRequested { throw .cancelled }
                    if words.append(piece, of: text.bytes, to: &ids) { continue }
                    tokens.removeAll(keepingCapacity: true)
                    try runningModel.encode(text.bytes[piece], into: &tokens)
                    words.insert(tokens)
                    for token in tokens { ids.append(token.id) }
                }
            }
        }
        return ids
    }

    /// The tokens of a text, or of a pair of texts, with their places.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary has nothing for a piece.
    public func encoding(
        of text: String, pair: String?, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        var encodings = [try encoding(of: text, typeID: 0, options)]
        if let pair { encodings.append(try encoding(of: pair, typeID: 1, options)) }
        if let postProcessor {
            encodings = postProcessor.process(
                encodings, addsSpecialTokens: options.addsSpecialTokens, token: token(of:))
        }
        var joined = Encoding()
        for encoding in encodings { joined.append(encoding) }
        return joined
    }

    private func encoding(
        of text: String, typeID: Int32, _ options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        var encoding = Encoding()
        var tokens: [PieceToken] = []
        for section in try sections(of: Array(text.utf8), options, keepsAlignment: true) {
            switch section {
            case .token(let token, let range):
                encoding.append(id: token.id, typeID: typeID, offsets: range)
            case .text(var text):
                let pieces = divide(&text)
                for (count, piece) in pieces.enumerated() {
                    if count & 0xFFF == 0xFFF, Cancellation.isRequested { throw .cancelled }
                    tokens.removeAll(keepingCapacity: true)
                    try runningModel.encode(text.bytes[piece], into: &tokens)
                    for token in tokens {
                        let range =
                            piece.lowerBound + token.range.lowerBound..<piece.lowerBound
                            + token.range.upperBound
                        encoding.append(
                            id: token.id, typeID: typeID, offsets: text.originalRange(of: range))
                    }
                }
            }
        }
        return encoding
    }

    /// A stretch of the user's text.
    private enum Section {
        /// An added token, with its place.
        case token(AddedToken, Range<Int>)
        /// What the model is to see, in its normalized form.
        case text(NormalizedText)
    }

    /// Finds the added tokens: first in the text as it is, then in what lies between them, normalized.
    private func sections(
        of bytes: [UInt8], _ options: EncodingOptions, keepsAlignment: Bool
    ) throws(TokenizerError) -> [Section] {
        guard bytes.count <= Int(Int32.max) else {
            throw .invalid(
                "The text has \(bytes.count) bytes; at most \(Int32.max) can be encoded at once.")
        }
        var sections: [Section] = []
        var start = 0
        for match in addedTokens.matches(
            in: bytes, isNormalized: false, options: options, origin: { $0 })
        {
            if start < match.range.lowerBound {
                try appendNormalized(
                    NormalizedText(
                        Array(bytes[start..<match.range.lowerBound]), at: start,
                        keepsAlignment: keepsAlignment), options, to: &sections)
            }
            sections.append(.token(match.token, match.range))
            start = match.range.upperBound
        }
        if start < bytes.count {
            let rest = start == 0 ? bytes : Array(bytes[start...])
            try appendNormalized(
                NormalizedText(rest, at: start, keepsAlignment: keepsAlignment), options,
                to: &sections)
        }
        return sections
    }

    private func appendNormalized(
        _ text: NormalizedText, _ options: EncodingOptions, to sections: inout [Section]
    ) throws(TokenizerError) {
        var text = text
        try normalizer?.normalize(&text)
        guard addedTokens.hasNormalized else {
            if !text.bytes.isEmpty { sections.append(.text(text)) }
            return
        }
        var start = 0
        for match in addedTokens.matches(
            in: text.bytes, isNormalized: true, options: options, origin: text.originalRange)
        {
            if start < match.range.lowerBound {
                sections.append(.text(text.slice(start..<match.range.lowerBound)))
            }
            sections.append(.token(match.token, text.originalRange(of: match.range)))
            start = match.range.upperBound
        }
        if start == 0 {
            if !text.bytes.isEmpty { sections.append(.text(text)) }
        } else if start < text.bytes.count {
            sections.append(.text(text.slice(start..<text.bytes.count)))
        }
    }

    private func divide(_ text: inout NormalizedText) -> [Range<Int>] {
        let whole = [0..<text.bytes.count]
        return preTokenizer?.divide(&text, whole, isRaw: readsBytes) ?? whole
    }
}
