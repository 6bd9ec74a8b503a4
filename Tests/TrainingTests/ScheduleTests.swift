import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

@Suite("Learning rate")
struct ScheduleTests {
    private let settings = TrainingSettings(
        steps: 100, batch: 1, learningRate: 1e-2, finalLearningRate: 1e-3, warmupSteps: 10,
        evaluationInterval: 10, evaluationTokens: 1)

    @Test("rises in a line, then falls along half a cosine")
    func values() {
        let schedule = Schedule(settings)
        for step in 0..<10 {
            #expect(abs(schedule.learningRate(at: step) - 1e-2 * Float(step + 1) / 11) < 1e-8)
        }
        #expect(schedule.learningRate(at: 10) == 1e-2)
        #expect(abs(schedule.learningRate(at: 55) - 5.5e-3) < 1e-8)
        for step in 10..<99 {
            let progress = Double(step - 10) / 90
            let expected = 1e-3 + 9e-3 * 0.5 * (1 + cos(Double.pi * progress))
            #expect(abs(Double(schedule.learningRate(at: step)) - expected) < 1e-8)
        }
        #expect(schedule.learningRate(at: 100) == 1e-3)
        #expect(schedule.learningRate(at: 1_000_000) == 1e-3)
    }

    @Test("A warm-up of no steps, or of all, has no gap")
    func edges() {
        var without = settings
        without.warmupSteps = 0
        #expect(Schedule(without).learningRate(at: 0) == 1e-2)
        var only = settings
        only.warmupSteps = 100
        #expect(Schedule(only).learningRate(at: 99) > 9e-3)
        #expect(Schedule(only).learningRate(at: 100) == 1e-3)
    }

    private func rates(_ kind: ScheduleKind, share: Float = 0.2) -> (Int) -> Double {
        var settings = settings
        settings.schedule = kind
        settings.decayShare = share
        let schedule = Schedule(settings)
        return { Double(schedule.learningRate(at: $0)) }
    }

    @Test("constant, linear and warm-up–stable–decay rise alike, and go on by their formulas")
    func straightLines() {
        for kind in [ScheduleKind.constant, .linear, .warmupStableDecay] {
            let rate = rates(kind)
            for step in 0..<10 { #expect(abs(rate(step) - 1e-2 * Double(step + 1) / 11) < 1e-8) }
            #expect(abs(rate(10) - 1e-2) < 1e-8)
        }
        #expect(abs(rates(.constant)(1_000_000) - 1e-2) < 1e-8)
        #expect(abs(rates(.linear)(55) - 5.5e-3) < 1e-8)
        #expect(abs(rates(.linear)(100) - 1e-3) < 1e-8)
        let stable = rates(.warmupStableDecay)
        for step in [11, 50, 80] { #expect(abs(stable(step) - 1e-2) < 1e-8) }
        #expect(abs(stable(90) - 5.5e-3) < 1e-8)
        #expect(abs(stable(100) - 1e-3) < 1e-8)
        // A fall that would begin in the warm-up begins after it.
        #expect(abs(rates(.warmupStableDecay, share: 1)(10) - 1e-2) < 1e-8)
        #expect(abs(rates(.warmupStableDecay, share: 1)(55) - 5.5e-3) < 1e-8)
    }

    @Test("inverse-root stays as long as the warm-up, then falls with the root of the step")
    func inverseRoot() {
        let rate = rates(.inverseRoot)
        for step in 0..<10 { #expect(abs(rate(step) - 1e-2) < 1e-8) }
        #expect(abs(rate(39) - 5e-3) < 1e-8)
        #expect(abs(rate(999) - 1e-3) < 1e-8)
    }

    @Test("noam is the formula of 2017 up to a constant", arguments: [0, 1, 10, 400])
    func noam(warmup: Int) {
        var settings = settings
        settings.schedule = .noam
        settings.warmupSteps = warmup
        let schedule = Schedule(settings)
        // The paper counts steps from 1, and its warm-up ends with the step that has the highest rate.
        func paper(_ step: Int) -> Double {
            let (number, warm) = (Double(step + 1), Double(warmup + 1))
            return pow(512, -0.5) * min(pow(number, -0.5), number * pow(warm, -1.5))
        }
        let factor = Double(schedule.learningRate(at: warmup)) / paper(warmup)
        #expect(abs(Double(schedule.learningRate(at: warmup)) - 1e-2) < 1e-8)
        for step in [0, 1, 2, 5, 9, 10, 11, 50, 99, 100, 399, 400, 401, 5000, 1_000_000] {
            let found = Double(schedule.learningRate(at: step))
            #expect(abs(found / (factor * paper(step)) - 1) < 1e-5, "step \(step)")
        }
    }
}
