internal import AttendCheckpoints
internal import AttendModels
internal import AttendTensors
internal import AttendText

/// A model that a plan may propose.
package struct PlanCandidate: Hashable {
    package let layers: Int
    package let heads: Int
    package let width: Int
    /// About how many tokens a step learns from.
    package let tokensPerStep: Int

    /// From the smallest to the largest.
    package static let all = [
        PlanCandidate(layers: 2, heads: 4, width: 64, tokensPerStep: 2048),
        PlanCandidate(layers: 3, heads: 3, width: 96, tokensPerStep: 2048),
        PlanCandidate(layers: 4, heads: 4, width: 128, tokensPerStep: 2048),
        PlanCandidate(layers: 4, heads: 6, width: 192, tokensPerStep: 2048),
        PlanCandidate(layers: 6, heads: 8, width: 256, tokensPerStep: 4096),
        PlanCandidate(layers: 6, heads: 6, width: 384, tokensPerStep: 8192),
        PlanCandidate(layers: 8, heads: 8, width: 512, tokensPerStep: 16_384),
        PlanCandidate(layers: 12, heads: 12, width: 768, tokensPerStep: 32_768),
    ]

    /// The smallest and a larger one, by which a machine is measured.
    static let probed = [all[0], all[2]]

    /// How often a planned run is evaluated, beside the evaluation before its first step.
    package static let evaluationCount = 10

    /// A run of this model.
    ///
    /// - Parameters:
    ///   - longest: the longest context that the data have examples of.
    ///   - isRepeated: whether the run reads its text so often that the model begins to know it by heart.
    func configuration(
        of request: TrainingPlan.Request, data: TrainingData, steps: Int, isRepeated: Bool = false
    ) -> RunConfiguration {
        let context = contextLength(for: data)
        // The rate of the default preset for its width, more for narrower models and less for wider ones.
        let narrowness = 128 / Float(width)
        let rate =
            4e-3 * narrowness.squareRoot() * min(narrowness, 1).squareRoot().squareRoot()
        var training = TrainingSettings(
            steps: steps, batch: max(tokensPerStep / context, 1), learningRate: rate,
            finalLearningRate: rate / 40, warmupSteps: max(steps / 18, 1),
            evaluationInterval: max(steps / Self.evaluationCount, 1), evaluationTokens: 24_576)
        training.precision = request.precision
        let model = GPT.Configuration(
            vocabularySize: data.tokenizer.vocabularySize, contextLength: context,
            layerCount: layers, headCount: heads, width: width, dropout: isRepeated ? 0.1 : 0,
            hasBias: false)
        return RunConfiguration(
            attendVersion: request.attendVersion, preset: "default", model: .gpt(model),
            data: data.description, training: training, seed: request.seed)
    }

    /// As long as the model's width makes worthwhile, and no longer than a quarter of the validation text.
    private func contextLength(for data: TrainingData) -> Int {
        guard let text = data.plannedText else { return 128 }
        var context = width < 128 ? 128 : 256
        while context > 8,
            context > min(text.training.tokens.count, text.validation.tokens.count) / 4
        {
            context /= 2
        }
        return context
    }
}
