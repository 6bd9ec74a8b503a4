internal import AttendText

/// What a first reading of a text finds out: its documents, which of them are for what, and its characters.
///
/// Memory is a byte for each document, and where duplicates are looked for about 40 more for each different one.
struct TextSurvey {
    /// What becomes of a document.
    enum Fate: UInt8 {
        case training, validation, duplicate
    }

    /// The fate of each document in the order of reading.
    private(set) var fates: [Fate] = []
    /// How many characters (Unicode scalars) and bytes there are.
    private(set) var characterCount = 0
    private(set) var byteCount = 0
    /// SHA-256 of the documents with a zero byte after each.
    private(set) var sha256 = ""
    /// Whether no document came into validation by its hash, so that those with the least one were taken.
    private(set) var tookLeast = false
    private var occurs: [Bool] = []

    /// How many documents occurred before.
    var duplicateCount: Int { fates.count { $0 == .duplicate } }

    /// Every character that occurs, in ascending order; none where they were not asked for.
    var characters: [Unicode.Scalar] {
        occurs.indices.lazy.filter { occurs[$0] }.compactMap { Unicode.Scalar(UInt32($0)) }
    }

    /// Reads everything once.
    init(
        _ stream: TextStream, seed: UInt64, heldOut: Double, deduplicates: Bool,
        countsCharacters: Bool, progress: (Int) throws -> Void
    ) throws {
        var seen: Set<DocumentKey> = []
        var (whole, document) = (SHA256(), SHA256())
        var (least, leastPlaces) = (UInt64.max, [Int]())
        if countsCharacters { occurs = Array(repeating: false, count: 0x11_0000) }
        try stream.read { event, done in
            switch event {
            case .text(let bytes):
                whole.update(bytes)
                if stream.hasDocuments { document.update(bytes) }
                byteCount += bytes.count
                characterCount += bytes.characterCount
                if countsCharacters { note(bytes) }
                try progress(done)
            case .endOfDocument:
                whole.update([0])
                let key = DocumentKey(document.finalize())
                document = SHA256()
                if deduplicates, !seen.insert(key).inserted {
                    fates.append(.duplicate)
                    return
                }
                let number = key.number(seed: seed)
                if number <= least {
                    if number < least { leastPlaces = [] }
                    least = number
                    leastPlaces.append(fates.count)
                }
                let isHeldOut = stream.hasDocuments && Double(number) * 0x1p-64 < heldOut
                fates.append(isHeldOut ? .validation : .training)
            }
        }
        sha256 = whole.finalize().hexadecimal
        guard !fates.isEmpty else { throw DataError.empty(path: stream.source) }
        if stream.hasDocuments, !fates.contains(.validation) {
            for place in leastPlaces { fates[place] = .validation }
            tookLeast = true
        }
        if stream.hasDocuments, !fates.contains(.training) {
            throw CheckpointError(
                .refused, path: stream.source,
                "has \(fates.count - duplicateCount) different documents, and all would be held out for"
                    + " validation; give more of them, a smaller --held-out or another --seed")
        }
    }

    private mutating func note(_ bytes: [UInt8]) {
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            occurs[Int(scalar.value)] = true
        }
    }
}

/// The first 128 bits of a document's SHA-256.
private struct DocumentKey: Hashable {
    let high: UInt64
    let low: UInt64

    init(_ digest: SHA256.Digest) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        high = number(digest.bytes[0..<8])
        low = number(digest.bytes[8..<16])
    }

    /// A number that depends on the document and a seed, and looks random.
    func number(seed: UInt64) -> UInt64 {
        var random = CounterRandom(seed: seed, stream: high, purpose: .splits)
        return random.next()
    }
}

extension [UInt8] {
    /// How many characters (Unicode scalars) begin in these bytes of UTF-8.
    var characterCount: Int { count { $0 & 0xC0 != 0x80 } }

    /// Where the character of this number begins.
    func offset(ofCharacter number: Int) -> Int {
        var left = number
        for place in indices where self[place] & 0xC0 != 0x80 {
            if left == 0 { return place }
            left -= 1
        }
        return count
    }
}
