// Trains a small GPT on the built-in tales with nothing but the library, and lets it write.

import Attend

let corpus = try Corpus.named("tales", seed: 1, trainingCharacters: 100_000)
let tokenizer = try SavedTokenizer.character(corpus.characterTokenizer())
let batches = try corpus.dataset(tokenizer: tokenizer)
    .trainingBatches(context: 64, rows: 8, seed: 1)

// snippet.show
var random = RandomSource(seed: 1)
var model = GPT(
    GPT.Configuration(
        vocabularySize: tokenizer.vocabularySize, contextLength: 64, layerCount: 2, headCount: 4,
        width: 64),
    random: &random)
var optimizer = Optimizer()
for step in 0..<200 {
    let batch = try batches.batch(at: step)
    var context = Context()
    let (loss, gradients) = valueWithGradients(of: model) {
        $0.loss(inputs: batch.inputs, targets: batch.targets, batch: batch.rows, context: &context)
    }
    optimizer.update(&model, with: gradients.clipped(toNorm: 1), learningRate: 3e-3)
    if step % 50 == 0 { print("step \(step): loss \(loss)") }
}
// snippet.hide

let settings = GenerationSettings(maxTokens: 200, sampling: .greedy)
var generator = try Generator(
    model: model, tokenizer: tokenizer, prompt: "Once", settings: settings)
print("Once" + (try generator.run().text))
