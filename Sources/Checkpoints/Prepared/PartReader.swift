/// Reads a text again, by what becomes of its documents.
struct PartReader {
    /// What comes along.
    enum Event {
        /// A document begins, or a part of a text that is one whole.
        case begin(isTraining: Bool)
        /// Text that is encoded at once.
        case piece([UInt8], isTraining: Bool)
        /// It ends.
        case end(isTraining: Bool)

        var isTraining: Bool {
            switch self {
            case .begin(let isTraining), .piece(_, let isTraining), .end(let isTraining): isTraining
            }
        }
    }

    let stream: TextStream
    let survey: TextSurvey
    /// How many characters are for training, where the text is one whole.
    let trainingCharacters: Int

    /// Reads everything once, duplicates left out.
    ///
    /// - Returns: SHA-256 of what was read, as that of the survey.
    @discardableResult
    func read(
        _ progress: (Int) throws -> Void, _ body: (Event) throws -> Void
    ) throws -> String {
        var (hash, pieces) = (SHA256(), TextPieces())
        var (number, characters, isInside) = (0, 0, false)
        func end(_ isTraining: Bool) throws {
            try pieces.finish { try body(.piece($0, isTraining: isTraining)) }
            if isInside { try body(.end(isTraining: isTraining)) }
            isInside = false
        }
        func append(_ bytes: some Collection<UInt8>, _ isTraining: Bool) throws {
            if bytes.isEmpty { return }
            if !isInside { try body(.begin(isTraining: isTraining)) }
            isInside = true
            try pieces.append(bytes) { try body(.piece($0, isTraining: isTraining)) }
        }
        try stream.read { event, done in
            // More documents than at the first reading: the hash will tell.
            let fate = number < survey.fates.count ? survey.fates[number] : .duplicate
            switch event {
            case .text(let bytes):
                try progress(done)
                hash.update(bytes)
                if fate == .duplicate { return }
                if stream.hasDocuments { return try append(bytes, fate == .training) }
                let split = bytes.offset(ofCharacter: max(trainingCharacters - characters, 0))
                let wasTraining = characters < trainingCharacters
                characters += bytes.characterCount
                try append(bytes[..<split], true)
                if wasTraining, characters >= trainingCharacters { try end(true) }
                try append(bytes[split...], false)
            case .endOfDocument:
                hash.update([0])
                number += 1
                if fate != .duplicate { try end(stream.hasDocuments && fate == .training) }
            }
        }
        return hash.finalize().hexadecimal
    }
}
