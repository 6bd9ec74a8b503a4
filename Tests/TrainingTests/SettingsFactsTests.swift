import AttendCheckpoints
import AttendTensors
import AttendText
import AttendTraining
import Testing

/// The settings as a report shows them.
@Suite("Settings in the report")
struct SettingsFactsTests {
    private static let usual = TrainingSettings(
        steps: 100, batch: 4, learningRate: 1e-3, finalLearningRate: 1e-4, warmupSteps: 10,
        evaluationInterval: 50, evaluationTokens: 64)

    /// A change of each setting, where it has an effect.
    private static let changes:
        [(name: String, change: @Sendable (inout TrainingSettings) -> Void)] = [
            ("steps", { $0.steps = 7 }), ("batch", { $0.batch = 7 }),
            ("batchTokens", { $0.batchTokens = 7 }), ("learningRate", { $0.learningRate = 7 }),
            ("finalLearningRate", { $0.finalLearningRate = 7 }),
            ("warmupSteps", { $0.warmupSteps = 7 }), ("schedule", { $0.schedule = .linear }),
            ("labelSmoothing", { $0.labelSmoothing = 0.7 }),
            ("averagedCheckpoints", { $0.averagedCheckpoints = 7 }), ("beta1", { $0.beta1 = 0.7 }),
            ("beta2", { $0.beta2 = 0.7 }), ("weightDecay", { $0.weightDecay = 0.7 }),
            ("gradientClip", { $0.gradientClip = 7 }),
            ("evaluationInterval", { $0.evaluationInterval = 7 }),
            ("evaluationTokens", { $0.evaluationTokens = 7 }),
            ("sampleTokens", { $0.sampleTokens = 7 }), ("precision", { $0.precision = .bfloat16 }),
            ("optimizer", { $0.optimizer = .muon }),
            ("momentum", { ($0.optimizer, $0.momentum) = (.muon, 0.7) }),
            ("epsilon", { $0.epsilon = 0.7 }), ("decayed", { $0.decayed = .all }),
            ("decayShare", { ($0.schedule, $0.decayShare) = (.warmupStableDecay, 0.7) }),
            ("gradientValueClip", { $0.gradientValueClip = 0.7 }),
            ("accumulation", { $0.accumulation = 2 }), ("zLoss", { $0.zLoss = 0.7 }),
            ("initialisation", { $0.initialisation = .xavier }),
            ("baseWidth", { ($0.initialisation, $0.baseWidth) = (.maximalUpdate, 7) }),
            ("dropPath", { $0.dropPath = 0.7 }),
            ("gradientCheckpointing", { $0.gradientCheckpointing = true }),
            ("weightAverage", { $0.weightAverage = 0.7 }), ("nonFinite", { $0.nonFinite = .skip }),
            ("keptCheckpoints", { $0.keptCheckpoints = 7 }), ("spikeSkip", { $0.spikeSkip = 7 }),
            ("patience", { $0.patience = 7 }), ("overfitsOneBatch", { $0.overfitsOneBatch = true }),
            ("packing", { $0.packing = .documents }),
            ("contextSchedule", { $0.contextSchedule = [.init(context: 7, untilStep: 9)] }),
            ("curriculum", { $0.curriculum = .easyToHard }),
        ]

    private static func text(_ settings: TrainingSettings, _ kind: DataKind) -> String {
        settings.facts(for: kind).map { "\($0.0): \($0.1)" }.joined(separator: "\n")
    }

    @Test("Every setting is shown where it is not the usual")
    func complete() {
        let names = Mirror(reflecting: Self.usual).children.compactMap(\.label)
        #expect(Set(names) == Set(Self.changes.map(\.name)), "a setting that no change is here for")
        var seen: Set<String> = []
        for (name, change) in Self.changes {
            var settings = Self.usual
            change(&settings)
            let text = Self.text(settings, name == "batchTokens" ? .pairs : .text)
            #expect(
                text != Self.text(Self.usual, name == "batchTokens" ? .pairs : .text), "\(name)")
            #expect(seen.insert(text).inserted, "\(name) looks like another")
        }
    }

    @Test("What has no effect is not shown")
    func rest() {
        let text = Self.text(Self.usual, .text)
        for word in ["parts", "momentum", "z-loss", "patience", "left out", "sequences"] {
            #expect(!text.contains(word), "\(word)")
        }
        var descent = Self.usual
        descent.optimizer = .sgd
        #expect(!Self.text(descent, .text).contains("β"))
        #expect(Self.text(descent, .text).contains("momentum: 0.9"))
    }
}
