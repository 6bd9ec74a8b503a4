/// Proposes what followed the last tokens of the text where they stood before.
///
/// Of all places the one is taken before which most tokens are the same, of equals the last; and no more tokens are proposed than
/// are the same, so that a coincidence costs little and a passage that is repeated comes in large pieces. Where the place is so near
/// that its continuation is not written yet, the proposals themselves are continued.
package struct LookUpDraft: TokenDraft {
    /// How far back it looks, which bounds the time for a proposal.
    static let mostTokens = 65_536

    func propose(
        _ count: Int, by chooser: inout TokenChooser
    ) throws(GenerationError) -> [ProposedToken] {
        Self.proposals(count, after: chooser.history.tokens).map {
            ProposedToken(token: $0, probabilities: nil)
        }
    }

    /// It keeps nothing.
    func replaceLast(_ count: Int, by tokens: [Int32]) {}

    /// - Complexity: O(count · tokens).
    package static func proposals(_ count: Int, after text: [Int32]) -> [Int32] {
        let begin = max(text.count - mostTokens, 0)
        var (best, length) = (0, 0)
        for place in stride(from: text.count - 1, to: begin, by: -1) {
            var same = 0
            while same < count, place - same > begin,
                text[place - same - 1] == text[text.count - same - 1]
            {
                same += 1
            }
            if same > length { (best, length) = (place, same) }
            if length == count { break }
        }
        var proposals: [Int32] = []
        for offset in 0..<length {
            let place = best + offset
            proposals.append(place < text.count ? text[place] : proposals[place - text.count])
        }
        return proposals
    }
}
