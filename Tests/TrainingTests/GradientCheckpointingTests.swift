import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendTraining
import Testing

@Suite("Blocks computed again in the backward pass, and limits of memory")
struct GradientCheckpointingTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    @Test(
        "Steps have the same bits, with dropout and in parts, for every kind of data",
        arguments: DataKind.allCases, [1, 2])
    func identical(kind: DataKind, parts: Int) throws {
        var (configuration, data) = try runs.configured(kind, dropout: 0.2)
        configuration.training.accumulation = parts
        configuration.training.dropPath = 0.3
        var plain = try makeTrainer(configuration, data: data)
        configuration.training.gradientCheckpointing = true
        var again = try makeTrainer(configuration, data: data)
        for _ in 0..<3 {
            let (one, other) = (try plain.step(), try again.step())
            #expect(one.loss.bitPattern == other.loss.bitPattern)
            #expect(one.gradientNorm.bitPattern == other.gradientNorm.bitPattern)
        }
        for (one, other) in zip(plain.weights(), again.weights()) {
            #expect(one.tensor.elements == other.tensor.elements, "\(one.name)")
        }
    }

    private func large(batch: Int) throws -> RunConfiguration {
        var (configuration, _) = try runs.configured(.text)
        configuration.model = .gpt(
            GPT.Configuration(
                vocabularySize: 65, contextLength: 256, layerCount: 6, headCount: 6, width: 384))
        configuration.training.batch = batch
        return configuration
    }

    @Test("A training that fits is left alone; one that does not takes less, step by step")
    func limits() throws {
        let configuration = try large(batch: 16)
        func fitted(_ megabytes: Double) throws -> TrainingSettings {
            try MemoryLimit(bytes: megabytes * 1e6, taken: 50e6).fitting(configuration)
                .configuration.training
        }
        #expect(try fitted(1100) == configuration.training)
        let some = try fitted(500)
        #expect(some.gradientCheckpointing && some.accumulation == 1)
        let most = try fitted(403)
        #expect(most.gradientCheckpointing && most.accumulation == 4)
        #expect(most.batch == 16)
        let notice = try MemoryLimit(bytes: 403e6, taken: 50e6).fitting(configuration).notice
        #expect(
            notice?.hasPrefix(
                "To stay within 403 MB, each block is computed again in the backward pass "
                    + "(--gradient-checkpointing) and a batch is computed in 4 parts (--accumulation):"
            )
                == true)
    }

    @Test("A limit that nothing fits into is refused with what it would take")
    func refused() throws {
        let limit = MemoryLimit(bytes: 100e6, taken: 50e6)
        let error = try #require(throws: ConfigurationError.self) {
            try limit.fitting(large(batch: 16))
        }
        #expect(error.description.contains("more than --memory-limit 100 MB"))
        #expect(error.description.contains("--accumulation 16"))
    }

    @Test("Less is estimated for less")
    func estimates() throws {
        var configuration = try large(batch: 16)
        // All blocks' activations, then one block's and the inputs of six.
        let all = MemoryLimit(bytes: 2e9, taken: 0)
        #expect(try all.fitting(configuration).notice == nil)
        configuration.training.gradientCheckpointing = true
        #expect(
            try MemoryLimit(bytes: 450e6, taken: 0).fitting(configuration).configuration
                == configuration)
    }
}
