import Foundation
import Testing

/// Every parser on inputs that are nearly right.
///
/// In the ordinary run of the tests each gets a few thousand. Scripts/fuzz.sh sets the environment
/// variables `ATTEND_FUZZ_PARSER`, `ATTEND_FUZZ_COUNT` and `ATTEND_FUZZ_SEED` for longer runs, and
/// after a crash the input lies in the directory that is printed.
@Suite(.serialized) struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["ATTEND_FUZZ_COUNT"].flatMap(Int.init)
    private static let seed = environment["ATTEND_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    private static let targets = FuzzTarget.all.filter { target in
        guard let name = environment["ATTEND_FUZZ_PARSER"], name != "all" else { return true }
        return target.name == name
    }

    @Test("No input makes a parser trap, hang or take much memory", arguments: targets)
    func survives(target: FuzzTarget) throws {
        let isRecorded = Self.count != nil
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("attend-fuzz-\(target.name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try target.prepare(folder.path)
        if isRecorded {
            print("\(target.name): the present input is \(folder.path)/\(target.fileName)")
        }
        let file = InputOnDisk(folder.appendingPathComponent(target.fileName).path)

        let corpus = try target.corpus()
        #expect(!corpus.isEmpty)
        var accepted = 0
        var refused = 0
        var longest = 0.0
        func run(_ input: [UInt8]) {
            file.replace(by: input)
            let start = ProcessMeasure.threadSeconds
            do {
                try target.parse(input, file.path)
                accepted += 1
            } catch {
                refused += 1
                if !FuzzTarget.isExpected(error) {
                    Issue.record("\(type(of: error)) is no error of a parser: \(error); \(input)")
                }
            }
            longest = max(longest, ProcessMeasure.threadSeconds - start)
        }

        for input in corpus { run(input) }
        #expect(accepted > 0 || !target.acceptsSome, "the corpus has nothing that is right")
        (accepted, refused, longest) = (0, 0, 0)
        ProcessMeasure.resetPeak()
        let memory = ProcessMeasure.memory("VmRSS") ?? 0
        let start = ProcessMeasure.threadSeconds
        var mutator = InputMutator(
            corpus: corpus, words: target.words, largestSize: target.largestSize, seed: Self.seed)
        for _ in 0..<(Self.count ?? 1000) { run(mutator.input()) }
        let seconds = ProcessMeasure.threadSeconds - start
        let peak = max(0, (ProcessMeasure.memory("VmHWM") ?? 0) - memory)
        try FileManager.default.removeItem(at: folder)

        // Beside other tests, which take memory and time too, these would not be the parser's.
        guard isRecorded else { return }
        #expect(longest < 1, "an input took \(longest) seconds")
        #expect(
            peak <= target.memoryLimit,
            "\(peak) bytes at most, over the limit \(target.memoryLimit)")
        let columns = [
            target.name.padding(toLength: 20, withPad: " ", startingAt: 0), "\(accepted + refused)",
            String(format: "%.1f", seconds), "\(accepted)", "\(refused)",
            String(format: "%.1f ms", longest * 1000),
            String(format: "%.1f MB", Double(peak) / 1e6),
        ]
        print("| " + columns.joined(separator: " | ") + " |")
    }
}
