extension NormalizedText {
    /// Brings the text into one of Unicode's normalisation forms.
    mutating func normalize(to form: CanonicalForms.Form) {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return }
        apply(CanonicalForms.normalized(UTF8Scalars.scalars(of: bytes), to: form))
    }

    /// Makes each letter small, on its own: no rule looks at the letters around it.
    mutating func lowercase() {
        replaceScalars { scalar in
            if scalar.isASCII {
                let isUpper = ("A"..."Z").contains(scalar)
                return isUpper ? [UInt8(scalar.value) | 0x20] : nil
            }
            guard scalar.properties.changesWhenLowercased else { return nil }
            return Array(scalar.properties.lowercaseMapping.utf8)
        }
    }

    /// Removes marks that combine with the letter before them.
    mutating func stripAccents() {
        replaceScalars { scalar in
            switch scalar.value {
            case ..<0x300: return nil
            // Later versions of Unicode moved these between the kinds of letters and marks.
            case 0x1CF2, 0x1CF3: return []
            case 0x1_11C9: return nil
            default: break
            }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark:
                return scalar.isKnown(to: 9) ? [] : nil
            default: return nil
            }
        }
    }

    /// Removes white space at the ends.
    mutating func strip(left: Bool, right: Bool) {
        var range = 0..<bytes.count
        while left, !range.isEmpty {
            let (scalar, length) = UTF8Scalars.scalar(at: range.lowerBound, of: bytes)
            guard scalar.properties.isWhitespace else { break }
            range = range.lowerBound + length..<range.upperBound
        }
        while right, !range.isEmpty {
            let length = UTF8Scalars.length(endingAt: range.upperBound, of: bytes)
            let start = max(range.upperBound - length, range.lowerBound)
            guard UTF8Scalars.scalar(at: start, of: bytes).scalar.properties.isWhitespace else {
                break
            }
            range = range.lowerBound..<start
        }
        if range.count < bytes.count { rewrite { _, new in new.keep(range) } }
    }

    /// Puts a text before this one, unless this is empty; it stands where the first character stands.
    mutating func prepend(_ text: String) {
        guard let first = bytes.first else { return }
        let length = min(UTF8Scalars.length(from: first), bytes.count)
        rewrite { old, new in
            new.replace(0..<length, with: Array(text.utf8))
            new.keep(0..<old.count)
        }
    }

    /// Removes control characters and makes spaces of other characters that separate words, as neural
    /// translation does before SentencePiece.
    mutating func cleanForTranslation() {
        replaceScalars { scalar in
            switch scalar.value {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: []
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF,
                0xFFFD:
                Array(" ".utf8)
            default: nil
            }
        }
    }

    /// Writes each byte as the character that stands for it.
    mutating func spellBytes() {
        rewrite { old, new in
            var place = 0
            while place < old.count {
                let end = min(place + UTF8Scalars.length(from: old[place]), old.count)
                new.replace(
                    place..<end, with: Array(ByteAlphabet.text(of: Array(old[place..<end])).utf8))
                place = end
            }
        }
    }

    /// Replaces characters by SentencePiece's table.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the text would have more characters than the limit.
    mutating func apply(_ map: CharacterMap, limit: Int) throws(TokenizerError) {
        var changes: [ScalarChange] = []
        var isChanged = false
        func append(_ part: ArraySlice<UInt8>, _ characters: Int) -> Bool {
            guard let replacement = map.replacement(of: part) else { return false }
            isChanged = true
            changes.append(replacing: characters, by: UTF8Scalars.scalars(of: replacement))
            return true
        }
        for cluster in String(decoding: bytes, as: UTF8.self) {
            guard changes.count <= limit else { throw .growth(beyond: limit) }
            let scalars = cluster.unicodeScalars
            // Longer clusters are looked up scalar by scalar only: so do the tokenizers that use this
            // table, though it could know them.
            if scalars.count > 1, cluster.utf8.count < 6,
                append(Array(cluster.utf8)[...], scalars.count)
            {
                continue
            }
            for scalar in scalars where !append(Array(String(scalar).utf8)[...], 1) {
                changes.append(ScalarChange(scalar, 0))
            }
        }
        if isChanged { apply(changes) }
    }
}

extension [ScalarChange] {
    /// Adds what replaces so many old characters: the last are counted as added, or as removing.
    fileprivate mutating func append(replacing count: Int, by scalars: [Unicode.Scalar]) {
        for (index, scalar) in scalars.enumerated() {
            append(ScalarChange(scalar, index < count ? 0 : 1))
        }
        // Where nothing comes in, the character before takes the removal; at the very start none can.
        if scalars.count < count, !isEmpty { self[self.count - 1].change += scalars.count - count }
    }
}
