import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Foundation
import Testing

/// The loss of pairs beside the definition, in Double, from logits alone.
@Suite("The loss of pairs")
struct LabelSmoothingTests {
    private let task: SequenceToSequenceTask
    private let dataset: PairDataset
    private let model: EncoderDecoder

    init() throws {
        let (configuration, data) = try SmallRuns().configured(.pairs)
        guard case .pairs(_, let dataset) = data.content,
            case .encoderDecoder(let sizes) = configuration.model
        else { fatalError("the configuration is not for pairs") }
        self.dataset = dataset
        task = try SequenceToSequenceTask(
            sizes, dataset: dataset, training: configuration.training, seed: 3)
        var random = RandomSource(seed: 9)
        var model = task.makeModel(random: &random)
        // New weights say almost nothing; larger ones have opinions.
        model.forEachParameter { name, parameter in
            if name == "wte.weight" { parameter.tensor = parameter.tensor * 3 }
        }
        self.model = model
    }

    /// Sums over the places that are scored: of −log p(target), and of the mean of −log p over all tokens.
    private func sums(
        logits: [Float], targets: [Int32]
    ) -> (plain: Double, uniform: Double, count: Int) {
        let width = model.configuration.targetVocabularySize
        var result = (plain: 0.0, uniform: 0.0, count: 0)
        for (place, target) in targets.enumerated() where target >= 0 {
            let row = logits[place * width..<(place + 1) * width].map(Double.init)
            let normalizer = log(row.reduce(0) { $0 + exp($1) })
            result.plain += normalizer - row[Int(target)]
            result.uniform += row.reduce(0) { $0 + normalizer - $1 } / Double(width)
            result.count += 1
        }
        return result
    }

    @Test("in training a tenth of each target's probability is shared by all tokens")
    func training() {
        let batch = task.batch(at: 0)
        let mask = Tensor(batch.sourceMask, shape: [batch.rows, batch.sourceColumns])
        let logits = model.logits(
            sources: batch.sources, targets: batch.targetInputs, batch: batch.rows,
            sourceMask: mask)
        let sums = sums(logits: logits.elements, targets: batch.targetOutputs)
        #expect(sums.count == batch.scoredCount && batch.rows > 1)
        let (plain, uniform) = (
            sums.plain / Double(sums.count), sums.uniform / Double(sums.count)
        )
        var context = Context()
        let loss = Double(task.loss(of: model, on: batch, context: &context).item())
        #expect(abs(loss - (0.9 * plain + 0.1 * uniform)) < 1e-4)
        #expect(abs(loss - plain) > 3e-3)
    }

    @Test("an evaluation has neither smoothing nor dropout", arguments: [nil, 30])
    func evaluation(limit: Int?) throws {
        var total = (plain: 0.0, count: 0)
        for pair in dataset.validation where total.count < limit ?? .max {
            let special = dataset.specialTokens
            let logits = model.logits(
                sources: pair.source, targets: [special.start] + pair.target)
            let sums = sums(logits: logits.elements, targets: pair.target + [special.end])
            total.plain += sums.plain
            total.count += sums.count
        }
        let found = try task.evaluate(
            model, on: .validation, upTo: limit, precision: .float32, shouldStop: { false })
        #expect(abs(found - total.plain / Double(total.count)) < 1e-4)
    }
}
