/// Removes a character from the ends of each token, up to so many times.
struct StripDecoding: DecodingStage {
    let content: Unicode.Scalar
    let start: Int
    let stop: Int

    /// How many may still be removed from the beginning of the token; nil before it began.
    private var leading: Int?

    /// How many of the character stood last, which go if the token ends here.
    private var trailing = 0

    init(content: Unicode.Scalar, start: Int, stop: Int) {
        (self.content, self.start, self.stop) = (content, start, stop)
    }

    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart] {
        parts.map { part in
            var kept = String.UnicodeScalarView()
            for scalar in String(decoding: part.bytes, as: UTF8.self).unicodeScalars {
                let left = leading ?? start
                if scalar == content, left > 0 {
                    leading = left - 1
                } else if scalar == content {
                    leading = 0
                    trailing += 1
                    if trailing > stop {
                        kept.append(content)
                        trailing = stop
                    }
                } else {
                    leading = 0
                    for _ in 0..<trailing { kept.append(content) }
                    trailing = 0
                    kept.append(scalar)
                }
            }
            if part.isEnd { (leading, trailing) = (nil, 0) }
            return TokenPart(bytes: Array(String(kept).utf8), isEnd: part.isEnd)
        }
    }
}
