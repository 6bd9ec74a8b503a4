/// Cuts a long text into pieces that are encoded one after the other, with the same ids as the whole.
///
/// A cut lies before a space between two letters of ASCII, where every pre-tokenizer that divides at spaces would cut,
/// too. A text that has no such place within a piece is cut between two characters.
struct TextPieces {
    /// The most bytes of a piece.
    static let longestTextPiece = 1 << 18

    private var pending: [UInt8] = []

    /// Takes in more text, and gives away what is enough for a piece.
    mutating func append(_ bytes: some Collection<UInt8>, _ body: ([UInt8]) throws -> Void) rethrows
    {
        pending += bytes
        var start = 0
        while pending.count - start > Self.longestTextPiece {
            let end = end(ofPieceAt: start)
            try body(Array(pending[start..<end]))
            start = end
        }
        pending.removeFirst(start)
    }

    /// Gives away the rest.
    mutating func finish(_ body: ([UInt8]) throws -> Void) rethrows {
        if pending.isEmpty { return }
        try body(pending)
        pending = []
    }

    private func end(ofPieceAt start: Int) -> Int {
        let last = start + Self.longestTextPiece
        for place in stride(from: last, to: start + 1, by: -1)
        where pending[place] == UInt8(ascii: " ") {
            if isLetter(pending[place - 1]), place + 1 < pending.count, isLetter(pending[place + 1])
            {
                return place
            }
        }
        var place = last
        while pending[place] & 0xC0 == 0x80, place > start + 1 { place -= 1 }
        return place
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
