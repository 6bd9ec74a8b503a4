import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

@Suite("Cosine schedule")
struct ScheduleTests {
    private let settings = TrainingSettings(
        steps: 100, batch: 1, learningRate: 1e-2, finalLearningRate: 1e-3, warmupSteps: 10,
        evaluationInterval: 10, evaluationTokens: 1)

    @Test("rises in a line, then falls along half a cosine")
    func values() {
        let schedule = CosineSchedule(settings)
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
        #expect(CosineSchedule(without).learningRate(at: 0) == 1e-2)
        var only = settings
        only.warmupSteps = 100
        #expect(CosineSchedule(only).learningRate(at: 99) > 9e-3)
        #expect(CosineSchedule(only).learningRate(at: 100) == 1e-3)
    }
}
