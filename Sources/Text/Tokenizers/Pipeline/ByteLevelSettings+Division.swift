/// GPT-2's pre-tokenizer: words by its pattern, and bytes as visible characters.
extension ByteLevelSettings {
    /// Divides pieces, and unless a model reads bytes, writes their bytes in the visible alphabet.
    func divide(_ text: inout NormalizedText, _ pieces: [Range<Int>], isRaw: Bool) -> [Range<Int>] {
        var pieces = pieces
        if addsPrefixSpace { pieces = prefix(&text, pieces) }
        if usesPattern {
            var words: [Range<Int>] = []
            words.reserveCapacity(text.bytes.count / 5)
            for piece in pieces {
                SplitPattern.expression(.gpt2).divide(
                    text.bytes, piece, .isolated, isInverted: false, to: &words)
            }
            pieces = words
        }
        return isRaw ? pieces : Self.rewriteBytes(&text, pieces)
    }

    private func prefix(_ text: inout NormalizedText, _ pieces: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        text.rewrite { old, new in
            for piece in pieces {
                let start = new.count
                var rest = piece
                if !piece.isEmpty, old[piece.lowerBound] != UInt8(ascii: " ") {
                    let end = piece.lowerBound + UTF8Scalars.length(from: old[piece.lowerBound])
                    rest = end..<piece.upperBound
                    new.replace(
                        piece.lowerBound..<end,
                        with: [UInt8(ascii: " ")] + old[piece.lowerBound..<end])
                }
                new.keep(rest)
                result.append(start..<new.count)
            }
        }
        return result
    }

    /// Writes each byte as the character that stands for it.
    static func rewriteBytes(_ text: inout NormalizedText, _ pieces: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        text.rewrite { old, new in
            for piece in pieces {
                let start = new.count
                var place = piece.lowerBound
                while place < piece.upperBound {
                    let end = place + UTF8Scalars.length(from: old[place])
                    new.replace(
                        place..<end, with: ByteAlphabet.text(of: Array(old[place..<end])).utf8)
                    place = end
                }
                result.append(start..<new.count)
            }
        }
        return result
    }
}
