import Foundation
import Testing

/// Every parser on inputs that are nearly right.
///
/// In the ordinary run of the tests each gets a thousand. Scripts/fuzz.sh sets the environment
/// variables `ATTEND_FUZZ_PARSER`, `ATTEND_FUZZ_COUNT` and `ATTEND_FUZZ_SEED` for longer runs, in which
/// time and memory are measured too, and after a crash the input lies in the file that is printed.
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
        let run = try FuzzRun(target, limits: isRecorded ? FuzzLimits() : nil)
        if isRecorded { print("\(target.name): the present input is \(run.path)") }
        let corpus = try target.corpus()
        var faults = 0
        func give(_ input: [UInt8]) {
            guard let fault = run.fault(with: input), faults < 10 else { return }
            faults += 1
            Issue.record("\(fault); with the input \(input)")
        }

        for input in corpus { give(input) }
        #expect(run.accepted > 0, "the corpus has nothing that is right")
        run.restart()
        var mutator = InputMutator(target, corpus: corpus, seed: Self.seed)
        for _ in 0..<(Self.count ?? 1000) { give(mutator.input()) }
        #expect(run.refused > 0)
        if isRecorded { print(run.row) }
    }

    @Test("Each parser has its corpus, and each corpus its parser")
    func corpora() throws {
        let folder = FuzzTarget.tests.appendingPathComponent("FuzzTests/FuzzCorpus")
        let folders = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
        #expect(FuzzTarget.all.count == Set(FuzzTarget.all.map(\.name)).count)
    }
}
