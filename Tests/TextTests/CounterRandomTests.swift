import AttendText
import Testing

@Suite("Counter-based random numbers")
struct CounterRandomTests {
    @Test("Philox 4×32-10 gives the words of its authors' known-answer tests")
    func knownAnswers() {
        #expect(
            CounterRandom.philox(counter: (0, 0, 0, 0), key: (0, 0))
                == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        #expect(
            CounterRandom.philox(counter: (.max, .max, .max, .max), key: (.max, .max))
                == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
        #expect(
            CounterRandom.philox(
                counter: (0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
                key: (0xA409_3822, 0x299F_31D0))
                == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
    }

    @Test("A stream depends on its seed and number only")
    func streams() {
        func draw(_ seed: UInt64, _ stream: UInt64) -> [UInt64] {
            var random = CounterRandom(seed: seed, stream: stream, purpose: .stories)
            return (0..<9).map { _ in random.next() }
        }
        #expect(draw(1, 2) == draw(1, 2))
        #expect(
            Set([draw(1, 2), draw(2, 1), draw(1, 3), draw(1 << 40, 2), draw(1, 2 | 1 << 40)]).count
                == 5)
        #expect(Set(draw(0, 0)).count == 9)
        var other = CounterRandom(seed: 1, stream: 2, purpose: .windows)
        #expect(other.next() != draw(1, 2)[0])
    }

    @Test("Numbers below a bound are all equally likely", arguments: [1, 2, 3, 7, 1000])
    func below(bound: Int) {
        var random = CounterRandom(seed: 3, stream: 0, purpose: .stories)
        var counts = [Int](repeating: 0, count: bound)
        let draws = 100 * bound + 20_000
        for _ in 0..<draws { counts[random.next(below: bound)] += 1 }
        let mean = Double(draws) / Double(bound)
        let chiSquared = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
        // Mean bound − 1, variance 2 (bound − 1): five standard deviations.
        #expect(chiSquared <= Double(bound - 1) + 5 * (2 * Double(bound - 1)).squareRoot())
    }
}
