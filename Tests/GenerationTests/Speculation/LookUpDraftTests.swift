import AttendGeneration
import Testing

@Suite("Looking up what followed")
struct LookUpDraftTests {
    @Test("what followed the longest passage that is the same, as many tokens as are the same")
    func longest() {
        // 1 2 3 stood before, then 9; 2 3 and 3 alone stood later.
        let text: [Int32] = [1, 2, 3, 9, 8, 2, 3, 7, 3, 6, 1, 2, 3]
        #expect(LookUpDraft.proposals(4, after: text) == [9, 8, 2])
        #expect(LookUpDraft.proposals(1, after: text) == [6], "of equals the last")
        #expect(LookUpDraft.proposals(2, after: text) == [7, 3])
    }

    @Test("a repetition goes on beyond the end of the text")
    func periodic() {
        #expect(LookUpDraft.proposals(5, after: [7, 1, 2, 1, 2, 1, 2]) == [1, 2, 1, 2])
        #expect(LookUpDraft.proposals(3, after: [5, 5, 5, 5]) == [5, 5, 5])
    }

    @Test("nothing where nothing stood before", arguments: [[], [1], [1, 2, 3]] as [[Int32]])
    func nothing(text: [Int32]) {
        #expect(LookUpDraft.proposals(4, after: text).isEmpty)
    }
}
