public import AttendModels
import AttendLayers
public import AttendTensors

/// A fixed amount of training on made-up tokens, to be timed beside the same work in other programs.
///
/// A step is forward, loss, backward, clipping to norm 1 and AdamW, on one batch.
public struct TrainingWorkload: Sendable {
    /// Its name: W1, W2 or W3.
    public let name: String
    /// The model.
    public let configuration: GPT.Configuration
    /// Sequences in the batch.
    public let batch: Int

    /// All of them, by name.
    public static let all: [TrainingWorkload] = [
        TrainingWorkload(
            name: "W1",
            configuration: GPT.Configuration(
                vocabularySize: 65, contextLength: 64, layerCount: 4, headCount: 4, width: 128,
                hasBias: false,
                activation: .gelu), batch: 12),
        TrainingWorkload(
            name: "W2",
            configuration: GPT.Configuration(
                vocabularySize: 65, contextLength: 256, layerCount: 6, headCount: 6, width: 384,
                hasBias: false,
                activation: .gelu), batch: 16),
        TrainingWorkload(
            name: "W3",
            configuration: GPT.Configuration(
                vocabularySize: 50304, contextLength: 64, layerCount: 12, headCount: 12, width: 768,
                activation: .gelu), batch: 4),
    ]

    /// What a timed workload shows.
    public struct Result: Sendable {
        /// The median time of a step.
        public let millisecondsPerStep: Double
        /// The loss before any step: near ln(vocabulary) for a new model.
        public let firstLoss: Float
        /// How many steps were timed.
        public let steps: Int
        /// Billions of arithmetic operations a second, counting three forward passes for one step.
        public let gigaflops: Double
        /// Tokens a second.
        public let tokensPerSecond: Double
    }

    /// Times steps for some seconds, at least eight of them, of which the first three are not counted.
    public func run(seconds: Double, seed: UInt64, precision: Precision) -> Result {
        var random = RandomSource(seed: seed)
        var model = GPT(configuration, random: &random)
        var optimizer = AdamW()
        let count = batch * configuration.contextLength
        let vocabulary = UInt64(configuration.vocabularySize)
        let inputs = (0..<count).map { _ in Int32(random.next() % vocabulary) }
        let targets = (0..<count).map { _ in Int32(random.next() % vocabulary) }
        let clock = ContinuousClock()
        let begin = clock.now
        var times: [Double] = []
        var firstLoss: Float?
        while times.count < 8 || clock.now - begin < .seconds(seconds) {
            let time = clock.measure {
                var context = Context(precision: precision)
                let (loss, gradients) = valueWithGradients(of: model) {
                    $0.loss(inputs: inputs, targets: targets, batch: batch, context: &context)
                }
                optimizer.update(&model, with: gradients.clipped(toNorm: 1), learningRate: 1e-3)
                firstLoss = firstLoss ?? loss
            }
            times.append(
                Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3)
        }
        let steady = times.dropFirst(3).sorted()
        let median = steady[steady.count / 2]
        return Result(
            millisecondsPerStep: median, firstLoss: firstLoss ?? .nan, steps: steady.count,
            gigaflops: 3 * Double(configuration.flopsPerToken * count) / median / 1e6,
            tokensPerSecond: Double(count) / median * 1e3)
    }
}
