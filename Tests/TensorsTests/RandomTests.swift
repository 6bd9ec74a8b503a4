import AttendTensors
import Foundation
import Testing

@Suite struct RandomTests {
    /// A number depends on its place alone.
    @Test func streamsAreReadAtAnyPlace() {
        let stream = RandomStream(seed: 1, stream: 2)
        let long = stream.uniform([100_001]).elements
        #expect(stream.uniform([17]).elements == Array(long.prefix(17)))
        let normal = stream.normal([70_000], mean: 3, deviation: 2).elements
        #expect(stream.normal([65], mean: 3, deviation: 2).elements == Array(normal.prefix(65)))
        #expect(RandomStream(seed: 1, stream: 3).uniform([17]).elements != Array(long.prefix(17)))
        #expect(RandomStream(seed: 2, stream: 2).uniform([17]).elements != Array(long.prefix(17)))
        #expect(stream.uniform([0]).elements == [])
    }

    @Test func distributions() {
        let stream = RandomStream(seed: 4, stream: 0)
        let uniform = stream.uniform([100_000]).doubles
        #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(uniform.reduce(0, +) / 100_000 - 0.5) < 0.005)
        let normal = stream.normal([100_000], mean: -1, deviation: 3).doubles
        let mean = normal.reduce(0, +) / 100_000
        let variance = normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean + 1) < 0.05)
        #expect(abs(variance - 9) < 0.2)
    }

    @Test func sourcesRepeatThemselves() {
        var (a, b, c) = (RandomSource(seed: 5), RandomSource(seed: 5), RandomSource(seed: 6))
        let (first, second) = (a.stream(), a.stream())
        #expect(first != second)
        #expect(b.stream() == first)
        #expect(c.stream() != first)
        #expect(b.stream() == second)
        let (x, y, z) = (a.next(), b.next(), c.next())
        #expect(x == y && x != z)
        #expect(a.uniform() == b.uniform())
        #expect((0..<1000).allSatisfy { _ in (0..<1).contains(a.uniform()) })
        #expect(Set((0..<1000).map { _ in a.next() }).count == 1000)
        #expect((0..<1000).map { _ in Int.random(in: 0..<7, using: &a) }.allSatisfy { $0 < 7 })
    }

    /// Its whole state is written down and read back.
    @Test func sourcesAreResumed() throws {
        var source = RandomSource(seed: .max)
        _ = source.next()
        var read = try JSONDecoder().decode(
            RandomSource.self, from: JSONEncoder().encode(source))
        #expect(read == source)
        #expect(read.next() == source.next())
    }
}
