/// A vocabulary of byte strings that occur often: any text can be encoded, common words as one token.
///
/// Text is divided into words (see `WordSplitter`: a space belongs to the word after it), each word into
/// its UTF-8 bytes, and neighbours are joined in the order in which the training joined them. What is encoded comes back
/// byte for byte. The special tokens have the first ids; text never produces them.
///
/// - Source: Sennrich et al. 2016; on bytes, Radford et al. 2019 (GPT-2), §2.2.
public struct BytePairTokenizer: Tokenizer {
    /// The texts of the special tokens; the first has id 0.
    let specialTexts: [String]

    /// The bytes of all other tokens, in the order of their ids.
    let tokens: [[UInt8]]

    /// Which neighbours are joined, the most important first.
    let merges: [TokenPair]

    /// The id of each single byte.
    private let byteIds: [Int32]

    /// The place of each pair in ``merges``.
    private let ranks: PairTable

    /// The id that each merge makes.
    private let results: [Int32]

    /// Words that were encoded before.
    private let cache = EncodedWords()

    /// Learns a vocabulary from texts.
    ///
    /// The first ids are the special tokens', then come the 256 bytes in their order, then a token for
    /// each merge. Of pairs that occur equally often, the one with the lowest left id is joined first,
    /// then that with the lowest right id. No pair that occurs only once is joined, and no token becomes longer than
    /// 128 bytes; so a short text gives a smaller vocabulary than asked for.
    ///
    /// - Parameters:
    ///   - texts: what to learn from, such as the lines of both languages; no word crosses from one to the next.
    ///   - vocabularySize: the most tokens, special ones included.
    ///   - specialTokens: the texts of the special tokens, such as ``SpecialTokens/texts``.
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary cannot hold the bytes, or is too large.
    public static func train(
        texts: some Sequence<String>, vocabularySize: Int,
        specialTokens: [String] = SpecialTokens.texts
    ) throws(TokenizerError) -> BytePairTokenizer {
        let least = specialTokens.count + 256
        guard (least...vocabularyLimit).contains(vocabularySize) else {
            throw .invalid(
                "The vocabulary size is \(vocabularySize); expected a number from \(least) (the 256 "
                    + "bytes and \(specialTokens.count) special tokens) to \(vocabularyLimit).")
        }
        var words = WordTable()
        var counts: [Int] = []
        for text in texts {
            let bytes = Array(text.utf8)
            WordSplitter.forEachWord(in: bytes) { range in
                let (word, isNew) = words.insert(range, of: bytes)
                if isNew { counts.append(1) } else { counts[word] += 1 }
            }
        }
        var trainer = BytePairTrainer(
            words: words, counts: counts, reserved: specialTokens.compactMap(ByteAlphabet.bytes))
        trainer.train(tokenCount: vocabularySize - specialTokens.count)
        let offset = Int32(specialTokens.count)
        return try BytePairTokenizer(
            specialTokens: specialTokens, tokens: trainer.tokens,
            merges: trainer.merges.map { TokenPair($0.left + offset, $0.right + offset) })
    }

    /// The most tokens of a vocabulary.
    public static let vocabularyLimit = 1 << 20

    /// A tokenizer of these parts, which are checked.
    init(specialTokens: [String], tokens: [[UInt8]], merges: [TokenPair]) throws(TokenizerError) {
        try validateSpecialTokens(specialTokens)
        let offset = specialTokens.count
        var ids: [[UInt8]: Int32] = [:]
        for (index, token) in tokens.enumerated() {
            if let earlier = ids.updateValue(Int32(index + offset), forKey: token) {
                throw .invalid(
                    "The tokenizer's token \"\(ByteAlphabet.text(of: token))\" occurs twice, as ids "
                        + "\(earlier) and \(index + offset); each may occur once.")
            }
        }
        for text in specialTokens {
            if let bytes = ByteAlphabet.bytes(of: text), let id = ids[bytes] {
                throw .invalid(
                    "The tokenizer's special token \"\(text)\" is written like token \(id), which stands "
                        + "for text; give it a text of its own.")
            }
        }
        var byteIds: [Int32] = []
        for byte in UInt8.min...UInt8.max {
            guard let id = ids[[byte]] else {
                throw .invalid(
                    "The tokenizer has no token \"\(ByteAlphabet.text(of: [byte]))\" for byte \(byte); "
                        + "each of the 256 bytes needs one.")
            }
            byteIds.append(id)
        }
        (ranks, results) = try Self.table(of: merges, tokens: tokens, ids: ids, offset: offset)
        var made = Set(byteIds)
        made.formUnion(results)
        for (index, token) in tokens.enumerated() where !made.contains(Int32(index + offset)) {
            throw .invalid(
                "The tokenizer's token \"\(ByteAlphabet.text(of: token))\", id \(index + offset), is made by "
                    + "no merge; every token of more than one byte needs one.")
        }
        specialTexts = specialTokens
        self.tokens = tokens
        self.merges = merges
        self.byteIds = byteIds
    }

    /// The ranks of merges, and the ids that they make.
    private static func table(
        of merges: [TokenPair], tokens: [[UInt8]], ids: [[UInt8]: Int32], offset: Int
    ) throws(TokenizerError) -> (PairTable, [Int32]) {
        var ranks = PairTable(capacity: merges.count)
        var results: [Int32] = []
        for (rank, pair) in merges.enumerated() {
            let (left, right) = (tokens[Int(pair.left) - offset], tokens[Int(pair.right) - offset])
            let name =
                "merge \(rank), \"\(ByteAlphabet.text(of: left)) \(ByteAlphabet.text(of: right))\","
            guard let result = ids[left + right] else {
                throw .invalid(
                    "The tokenizer's \(name) makes \"\(ByteAlphabet.text(of: left + right))\", which is not "
                        + "in its vocabulary; add it, or remove the merge.")
            }
            if let earlier = ranks[pair.key] {
                throw .invalid("The tokenizer's \(name) is merge \(earlier) again; remove one.")
            }
            ranks.insert(Int32(rank), for: pair.key)
            results.append(result)
        }
        return (ranks, results)
    }

    /// How many different ids there are, those of the special tokens included.
    public var vocabularySize: Int { specialTexts.count + tokens.count }

    /// The special tokens, which have the first ids.
    public var specialTokens: [SpecialToken] {
        specialTexts.enumerated().map { SpecialToken(id: Int32($0), text: $1) }
    }

    /// The ids that spell `text`; never those of special tokens.
    ///
    /// - Complexity: O(n log n) for n bytes, less where words repeat.
    public func encode(_ text: String) -> [Int32] {
        let bytes = Array(text.utf8)
        var ids: [Int32] = []
        ids.reserveCapacity(bytes.count / 3)
        var words = cache.borrow()
        defer { cache.giveBack(words) }
        WordSplitter.forEachWord(in: bytes) { range in
            if !words.append(range, of: bytes, to: &ids) {
                let word = encode(word: bytes[range])
                ids.append(contentsOf: word)
                words.insert(word)
            }
        }
        return ids
    }

    /// Joins the bytes of one word: always the pair of lowest rank, the leftmost of several.
    private func encode(word: ArraySlice<UInt8>) -> [Int32] {
        var ids = word.map { byteIds[Int($0)] }
        guard ids.count > 1 else { return ids }
        var next = ids.indices.map { $0 + 1 }
        var previous = ids.indices.map { $0 - 1 }
        // A rank and a place in one number, so that the least comes first.
        var queue = Heap(
            (0..<ids.count - 1).compactMap { place in
                ranks[TokenPair(ids[place], ids[place + 1]).key].map {
                    UInt64($0) << 32 | UInt64(place)
                }
            })
        while let first = queue.popFirst() {
            let (rank, place) = (Int32(first >> 32), Int(first & 0xFFFF_FFFF))
            // The pair may be gone since it was put in: one of the two was joined to something else.
            guard ids[place] >= 0, next[place] < ids.count,
                ranks[TokenPair(ids[place], ids[next[place]]).key] == rank
            else { continue }
            let (before, after) = (previous[place], next[next[place]])
            ids[next[place]] = -1
            ids[place] = results[Int(rank)]
            next[place] = after
            if after < ids.count {
                previous[after] = place
                if let rank = ranks[TokenPair(ids[place], ids[after]).key] {
                    queue.insert(UInt64(rank) << 32 | UInt64(place))
                }
            }
            if before >= 0, let rank = ranks[TokenPair(ids[before], ids[place]).key] {
                queue.insert(UInt64(rank) << 32 | UInt64(before))
            }
        }
        return ids.filter { $0 >= 0 }
    }

    /// The text that `ids` spell, without special tokens.
    ///
    /// What is not UTF-8, and an id outside the vocabulary, is shown as U+FFFD.
    public func decode(_ ids: [Int32], keepsSpecialTokens: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * ids.count)
        for id in ids { bytes.append(contentsOf: self.bytes(of: id)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The tokens of a text, or of a pair of texts, with their places; there is no template.
    public func encoding(
        of text: String, pair: String?, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        try plainEncoding(of: text, pair: pair, options: options)
    }

    /// How a token is written in the vocabulary; nil for an id outside it.
    public func token(of id: Int32) -> String? {
        guard id >= 0, id < vocabularySize else { return nil }
        if id < specialTexts.count { return specialTexts[Int(id)] }
        return ByteAlphabet.text(of: bytes(of: id))
    }

    /// The bytes that one id stands for; none for a special token.
    public func bytes(of id: Int32) -> [UInt8] {
        if id >= 0, id < specialTexts.count { return [] }
        let index = Int(id) - specialTexts.count
        return tokens.indices.contains(index) ? tokens[index] : replacementBytes
    }
}

extension BytePairTokenizer: Hashable {
    /// Whether both give the same ids to the same texts.
    public static func == (left: Self, right: Self) -> Bool {
        left.specialTexts == right.specialTexts && left.tokens == right.tokens
            && left.merges == right.merges
    }

    /// Hashes the special tokens, the tokens and the merges.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(specialTexts)
        hasher.combine(tokens)
        hasher.combine(merges)
    }
}
