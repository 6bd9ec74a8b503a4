import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Foundation
import Testing

@Suite("Restoring masked tokens")
struct MaskedTaskTests {
    @Test(
        "An evaluation looks at about as many tokens as it is asked to, however small batches are")
    func limit() throws {
        let path = NSTemporaryDirectory() + "attend-masked-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = (0..<6000).map { "line \($0 * 7919 % 10_007)\n" }.joined()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let tokenizer = try CharacterTokenizer(text: text, specialTokens: SpecialTokens.texts)
        let dataset = try MaskedDataset(
            Corpus.named(path), tokenizer: tokenizer, contextLength: 16)
        var sizes = BERT.Configuration(
            vocabularySize: tokenizer.vocabularySize, contextLength: 16, layerCount: 1,
            headCount: 1, width: 8)
        sizes.dropout = 0.2
        let training = TrainingSettings(
            steps: 1, batch: 1, learningRate: 1e-3, finalLearningRate: 1e-3, warmupSteps: 0,
            evaluationInterval: 1, evaluationTokens: 1, batchTokens: 64)
        let task = try MaskedTokenTask(sizes, dataset: dataset, training: training, seed: 2)
        var random = RandomSource(seed: 3)
        let model = task.makeModel(random: &random)
        let batches = try MaskedEvaluationBatches(
            validation: dataset, size: .tokens(4096), seed: 2)
        #expect(batches.batchCount > 1)
        for (limit, count) in [(1, 1), (4096, 1), (8192, 2), (nil, batches.batchCount)] {
            let expected = MaskedEvaluation(of: model, on: batches.batches.prefix(count)).loss
            let found = try task.evaluate(
                model, on: .validation, upTo: limit, precision: .float32, shouldStop: { false })
            #expect(found == expected, "up to \(limit ?? .max)")
        }
    }
}
