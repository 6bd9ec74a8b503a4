extension Tokenizer {
    /// The encoding of a text by a tokenizer whose ids spell exactly the bytes of the text and that
    /// has no template.
    func plainEncoding(
        of text: String, pair: String?, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        var encoding = try plainEncoding(of: text, typeID: 0, options: options)
        if let pair { encoding.append(try plainEncoding(of: pair, typeID: 1, options: options)) }
        return encoding
    }

    private func plainEncoding(
        of text: String, typeID: Int32, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        var encoding = Encoding()
        guard options.parsesSpecialTokens, !specialTokens.isEmpty else {
            try append(encode(text), at: 0, typeID: typeID, to: &encoding)
            return encoding
        }
        let bytes = Array(text.utf8)
        let marks = specialTokens.map { (id: $0.id, bytes: Array($0.text.utf8)) }
            .filter { !$0.bytes.isEmpty }.sorted { $0.bytes.count > $1.bytes.count }
        var (start, place) = (0, 0)
        while place <= bytes.count {
            let mark = marks.first {
                bytes[place...].starts(with: $0.bytes)
                    && !options.isOrdinary(place..<place + $0.bytes.count)
            }
            if mark != nil || place == bytes.count {
                let part = String(decoding: bytes[start..<place], as: UTF8.self)
                try append(encode(part), at: start, typeID: typeID, to: &encoding)
            }
            guard let mark else {
                place += 1
                continue
            }
            encoding.append(
                id: mark.id, typeID: typeID, offsets: place..<place + mark.bytes.count)
            place += mark.bytes.count
            start = place
        }
        return encoding
    }

    private func append(
        _ ids: [Int32], at start: Int, typeID: Int32, to encoding: inout Encoding
    ) {
        var start = start
        for id in ids {
            let end = start + bytes(of: id).count
            encoding.append(id: id, typeID: typeID, offsets: start..<end)
            start = end
        }
    }
}
