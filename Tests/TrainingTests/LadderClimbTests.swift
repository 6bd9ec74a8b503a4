import AttendCheckpoints
import AttendFigures
import AttendModels
import AttendText
import AttendTraining
import Foundation
import Testing

@Suite("The ladder")
struct LadderClimbTests {
    private func climb() throws -> LadderClimb {
        let path = NSTemporaryDirectory() + "attend-ladder-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try (0..<200).map { "number \($0 * 7919 % 10_007). " }.joined()
            .write(toFile: path, atomically: true, encoding: .utf8)
        let data = try TrainingData(
            TrainingData.Request(source: path, seed: 2, tokenizer: .character))
        return LadderClimb(data: data, steps: 3, seed: 2)
    }

    @Test("Five rungs, each with its parameters, its curve and a place in the figure")
    func rungs() throws {
        let climb = try climb()
        var (steps, told) = ([Int](), [String]())
        let rungs = try #require(
            try climb.climb(
                version: "test", shouldStop: { false },
                report: { steps.append($0.rung * 10 + $0.step) },
                finished: { told.append($0.model) }))
        let names = ["bigram", "single-head", "multi-head", "block", "gpt"]
        #expect(rungs.map(\.model) == names && told == names)
        #expect(steps == (0..<5).flatMap { rung in (1...3).map { rung * 10 + $0 } })
        for (rung, idea) in zip(rungs, LadderClimb.ideas) {
            let configuration = climb.configuration(of: idea.architecture, version: "test")
            #expect(configuration.model.architecture == idea.architecture)
            #expect(rung.parameters == configuration.model.sizes.parameterCount)
            #expect(rung.curve.map(\.step) == [0, 1, 2, 3])
            // All of the small validation split is looked at each time.
            let last = try #require(rung.curve.last)
            #expect(abs(rung.validationLoss - last.loss) < 1e-9)
            #expect(rung.validationLoss < rung.curve[0].loss, "\(rung.model)")
        }
        let svg = LadderClimb.figure(rungs, data: "numbers").svg()
        #expect(svg.hasPrefix("<svg"))
        for name in names { #expect(svg.contains(name)) }
    }

    @Test("A climb that is stopped has no result")
    func stopped() throws {
        var steps = 0
        let rungs = try climb().climb(
            version: "test", shouldStop: { steps > 4 }, report: { _ in steps += 1 },
            finished: { _ in })
        #expect(rungs == nil && steps == 5)
    }
}
