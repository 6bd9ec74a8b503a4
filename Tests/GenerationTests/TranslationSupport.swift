import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import Foundation

/// An encoder–decoder with random weights that are large enough to give it opinions.
func translationModel(
    vocabularySize: Int = 5, contextLength: Int = 40, width: Int = 12, layerCount: Int = 2,
    seed: UInt64 = 1, boldness: Float = 3
) -> EncoderDecoder {
    var random = RandomSource(seed: seed)
    var model = EncoderDecoder(
        EncoderDecoder.Configuration(
            sourceVocabularySize: vocabularySize, targetVocabularySize: vocabularySize,
            contextLength: contextLength, width: width, headCount: 2, hiddenWidth: 2 * width,
            encoderLayerCount: layerCount, decoderLayerCount: layerCount, dropout: 0,
            tying: .none), random: &random)
    model.forEachParameter { name, parameter in
        guard name.hasPrefix("lm_head") else { return }
        parameter.tensor = parameter.tensor * boldness
    }
    return model
}

/// Sources of these lengths, of tokens from 3 on, each with the end token 2.
func translationSources(_ lengths: [Int], vocabularySize: Int = 5, seed: UInt64 = 4) -> [[Int32]] {
    var random = RandomSource(seed: seed)
    return lengths.map { length in
        (0..<length).map { _ in Int32(3 + random.next() % UInt64(vocabularySize - 3)) } + [2]
    }
}

/// What a model says of every next token, made anew from the whole prefix: no cache, no batch, no padding.
struct PlainTranslator {
    let model: EncoderDecoder

    /// The logarithms of the probabilities of all tokens that may follow.
    func logProbabilities(of source: [Int32], after prefix: [Int32]) -> [Double] {
        let logits = model.logits(sources: source, targets: [1] + prefix)
        let last = logits.elements.suffix(logits.shape.width).map { Double($0) }
        let largest = last.max()!
        let normalizer = largest + log(last.reduce(0) { $0 + exp($1 - largest) })
        return last.map { $0 - normalizer }
    }

    /// The sum over these tokens, and the end token where it is to follow.
    func logProbability(of tokens: [Int32], source: [Int32], isEnded: Bool) -> Double {
        let all = isEnded ? tokens + [2] : tokens
        return all.indices.reduce(0) {
            $0 + logProbabilities(of: source, after: Array(all[..<$1]))[Int(all[$1])]
        }
    }

    /// The likeliest token each time, from those that are permitted.
    func greedy(_ source: [Int32], limit: Int, minimumLength: Int = 0) -> [Int32] {
        var tokens: [Int32] = []
        while tokens.count < limit {
            let next = logProbabilities(of: source, after: tokens)
            let permitted = next.indices.filter {
                $0 > 2 || $0 == 2 && tokens.count >= minimumLength
            }
            let best = permitted.max { next[$0] < next[$1] || next[$0] == next[$1] && $0 > $1 }!
            if best == 2 { break }
            tokens.append(Int32(best))
        }
        return tokens
    }

    /// A hypothesis with its score by the definition.
    struct Scored {
        let tokens: [Int32]
        let score: Double
        let isEnded: Bool
    }

    /// All translations there are, the best first.
    func all(
        _ source: [Int32], limit: Int, minimumLength: Int, lengthPenalty: Double
    ) -> [Scored] {
        var found: [Scored] = []
        func penalty(_ length: Int) -> Double { pow((5 + Double(length)) / 6, lengthPenalty) }
        func visit(_ tokens: [Int32], _ sum: Double) {
            if tokens.count == limit {
                found.append(
                    Scored(tokens: tokens, score: sum / penalty(limit), isEnded: false))
                return
            }
            let next = logProbabilities(of: source, after: tokens)
            if tokens.count >= minimumLength {
                found.append(
                    Scored(
                        tokens: tokens, score: (sum + next[2]) / penalty(tokens.count + 1),
                        isEnded: true))
            }
            for token in 3..<next.count { visit(tokens + [Int32(token)], sum + next[token]) }
        }
        visit([], 0)
        return found.sorted { $0.score > $1.score }
    }
}
