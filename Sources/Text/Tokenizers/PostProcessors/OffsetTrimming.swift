extension Encoding {
    /// Takes the spaces at the ends of tokens out of their places, where spaces are written `Ġ`.
    ///
    /// - Parameters:
    ///   - addsPrefixSpace: whether the first token may begin with a space that the text does not have.
    ///   - token: the text of a token as the vocabulary has it.
    mutating func trimOffsets(addsPrefixSpace: Bool, token: (Int32) -> String?) {
        for index in ids.indices {
            guard let scalars = token(ids[index])?.unicodeScalars else { continue }
            var leading = scalars.prefix(while: Self.isSpace).count
            let trailing = scalars.reversed().prefix(while: Self.isSpace).count
            var (lower, upper) = (offsets[index].lowerBound, offsets[index].upperBound)
            if leading == 1, addsPrefixSpace, index == 0 || lower == 0 { leading = 0 }
            lower = min(lower + leading, upper)
            if trailing > 0, upper >= trailing { upper = max(upper - trailing, lower) }
            offsets[index] = lower..<upper
        }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == ByteAlphabet.scalars[Int(UInt8(ascii: " "))] || scalar.properties.isWhitespace
    }
}
