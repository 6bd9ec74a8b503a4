public import AttendModels
internal import AttendLayers
public import AttendTensors

/// A fixed amount of training on made-up tokens, to be timed beside the same work in other programs.
///
/// A step is forward, loss, backward, clipping to norm 1 and AdamW, on one batch.
public struct TrainingWorkload: Sendable {
    /// Its name: W1, W2, W3 or W4.
    public let name: String
    /// The model: a GPT or an encoder–decoder.
    public let configuration: AnyConfiguration
    /// Sequences in the batch.
    public let batch: Int
    /// Tokens in each; of source and target alike.
    public let length: Int

    /// All of them, by name.
    public static let all: [TrainingWorkload] = [
        TrainingWorkload(
            name: "W1",
            configuration: .gpt(
                GPT.Configuration(
                    vocabularySize: 65, contextLength: 64, layerCount: 4, headCount: 4, width: 128,
                    hasBias: false,
                    activation: .gelu)), batch: 12, length: 64),
        TrainingWorkload(
            name: "W2",
            configuration: .gpt(
                GPT.Configuration(
                    vocabularySize: 65, contextLength: 256, layerCount: 6, headCount: 6, width: 384,
                    hasBias: false,
                    activation: .gelu)), batch: 16, length: 256),
        TrainingWorkload(
            name: "W3",
            configuration: .gpt(
                GPT.Configuration(
                    vocabularySize: 50304, contextLength: 64, layerCount: 12, headCount: 12,
                    width: 768,
                    activation: .gelu)), batch: 4, length: 64),
        TrainingWorkload(
            name: "W4", configuration: .encoderDecoder(base), batch: 32, length: 32),
    ]

    /// The base model of 2017 with a vocabulary of 8,000 and, as in the program beside it, a norm after each stack.
    private static var base: EncoderDecoder.Configuration {
        var configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: 8000, targetVocabularySize: 8000, dropout: 0)
        configuration.hasFinalNorm = true
        configuration.positions = PositionOptions(.none)
        return configuration
    }

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
        let takeStep = makeStep(seed: seed, precision: precision)
        return time(seconds, takeStep)
    }

    /// Takes as many steps and tells what their operations did, after three that are not counted.
    ///
    /// - Returns: the profile of all steps together, and the seconds that they took.
    public func profile(
        steps: Int, seed: UInt64, precision: Precision
    ) -> (profile: OperationProfile, seconds: Double) {
        let takeStep = makeStep(seed: seed, precision: precision)
        for _ in 0..<3 { _ = takeStep() }
        var profile = OperationProfile()
        let time = ContinuousClock().measure {
            profile = withOperationProfile { for _ in 0..<steps { _ = takeStep() } }.profile
        }
        return (profile, time / .seconds(1))
    }

    /// A model and its batch, as a function that takes a step and gives the loss before it.
    private func makeStep(seed: UInt64, precision: Precision) -> () -> Float {
        var random = RandomSource(seed: seed)
        let vocabulary = UInt64(configuration.vocabularySizes[0])
        func tokens() -> [Int32] {
            (0..<batch * length).map { _ in Int32(random.next() % vocabulary) }
        }
        switch configuration {
        case .gpt(let sizes):
            let model = GPT(sizes, random: &random)
            let (inputs, targets) = (tokens(), tokens())
            return step(of: model, precision) { model, context in
                model.loss(inputs: inputs, targets: targets, batch: batch, context: &context)
            }
        case .encoderDecoder(let sizes):
            let model = EncoderDecoder(sizes, random: &random)
            let (sources, inputs, targets) = (tokens(), tokens(), tokens())
            return step(of: model, precision) { model, context in
                model.loss(
                    sources: sources, sourceMask: nil, targetInputs: inputs, targetOutputs: targets,
                    batch: batch, smoothing: 0.1, context: &context)
            }
        default: shapeError("the workload \(name) has a model that is not timed")
        }
    }

    private func step<Model: Module>(
        of fresh: Model, _ precision: Precision,
        _ loss: @escaping (Model, inout Context) -> Tensor
    ) -> () -> Float {
        var model = fresh
        var optimizer = Optimizer()
        return {
            var context = Context(precision: precision)
            let (value, gradients) = valueWithGradients(of: model) { loss($0, &context) }
            optimizer.update(&model, with: gradients.clipped(toNorm: 1), learningRate: 1e-3)
            return value
        }
    }

    private var flopsPerToken: Int {
        if case .encoderDecoder(let sizes) = configuration {
            return sizes.flopsPerToken(sourceLength: length, targetLength: length)
        }
        return configuration.sizes.flopsPerToken
    }

    private func time(_ seconds: Double, _ takeStep: () -> Float) -> Result {
        let count = batch * length
        let clock = ContinuousClock()
        let begin = clock.now
        var times: [Double] = []
        var firstLoss: Float?
        while times.count < 8 || clock.now - begin < .seconds(seconds) {
            let time = clock.measure {
                let value = takeStep()
                firstLoss = firstLoss ?? value
            }
            times.append(time / .milliseconds(1))
        }
        let steady = times.dropFirst(3).sorted()
        let median = steady[steady.count / 2]
        return Result(
            millisecondsPerStep: median, firstLoss: firstLoss ?? .nan, steps: steady.count,
            gigaflops: 3 * Double(flopsPerToken * count) / median / 1e6,
            tokensPerSecond: Double(count) / median * 1e3)
    }
}
