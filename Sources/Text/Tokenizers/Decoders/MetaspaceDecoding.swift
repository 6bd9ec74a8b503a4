/// The sign for spaces becomes spaces again; in the first token it is left out where it was put before
/// every text.
struct MetaspaceDecoding: DecodingStage {
    private let sign: [UInt8]
    private let isPrepended: Bool
    private var isFirst = true

    init(_ metaspace: Metaspace) {
        sign = Array(String(metaspace.replacement).utf8)
        isPrepended = metaspace.scheme != .never
    }

    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart] {
        parts.map { part in
            let space = isFirst && isPrepended ? [] : Array(" ".utf8)
            if part.isEnd { isFirst = false }
            return TokenPart(
                bytes: ByteMatches.replacing(sign, in: part.bytes, with: space), isEnd: part.isEnd)
        }
    }
}
