internal import AttendLayers
public import AttendModels
internal import AttendTensors
internal import Foundation

/// Tokens that a model holds likely, and whose vectors are unlike those of the tokens before, one after the other.
///
/// Of the k likeliest tokens the one is taken with the greatest (1 − α) · probability − α · greatest cosine between the
/// vector that the model makes of it and those of all tokens before. Greedy choice repeats itself because a repetition
/// makes the next one likelier; here a token that says what was said pays for it. Nothing is random.
///
/// Once the context is full, the last half of it is read anew, as ``TokenStream`` does, and only what was read counts.
///
/// - Source: Su et al. 2022, "A contrastive framework for neural text generation", §4.2.
public struct ContrastiveSearch: Sendable {
    /// The numbers of tokens that are accepted to choose among.
    public static let candidateCounts = 1...64
    /// The weights α that are accepted.
    public static let penalties = 0.0...1

    /// How tokens are compared.
    public struct Settings: Hashable, Sendable {
        /// k, how many of the likeliest tokens are compared; published are 4 to 8.
        public var candidateCount: Int
        /// α, how much unlikeness counts beside probability; 0 always takes the likeliest token.
        public var penalty: Double

        /// Settings, which are checked where they are used.
        public init(candidateCount: Int = 4, penalty: Double = 0.6) {
            self.candidateCount = candidateCount
            self.penalty = penalty
        }
    }

    /// The model.
    public let model: any CausalLanguageModel
    /// How tokens are compared.
    public let settings: Settings

    private let forbidden: Set<Int32>
    private var caches: [KeyValueCache]
    /// The tokens that the caches hold.
    private var window: [Int32]
    /// What the model made of them, each of length 1.
    private var vectors: [[Float]]
    /// `[1, vocabulary]`, for the place after them.
    private var logits: Tensor

    /// A continuation of some tokens, which are read now.
    ///
    /// - Parameters:
    ///   - model: one that can read two tokens or more.
    ///   - prompt: at least one id, each inside of the vocabulary; of more than the context holds, the last are read.
    ///   - forbidden: ids that are not written unless nothing else is left.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public init(
        _ model: any CausalLanguageModel, prompt: [Int32], settings: Settings = Settings(),
        forbidden: Set<Int32> = []
    ) throws(GenerationError) {
        try GenerationError.check(
            "number of candidates", settings.candidateCount, Self.candidateCounts)
        try GenerationError.check("contrastive penalty", settings.penalty, Self.penalties)
        if prompt.isEmpty { shapeError("a contrastive search needs a token to continue") }
        let context = model.configuration.contextLength
        if context < 2 {
            throw .outOfRange(
                name: "model's context", value: "\(context)",
                accepted: "2 tokens or more, one of which is compared with the others")
        }
        self.model = model
        self.settings = settings
        self.forbidden = forbidden
        // One less, so that the first token that is chosen has a place.
        window = prompt.suffix(context - 1)
        (caches, vectors, logits) = Self.read(window, by: model)
    }

    private static func read(
        _ window: [Int32], by model: any CausalLanguageModel
    ) -> (caches: [KeyValueCache], vectors: [[Float]], logits: Tensor) {
        var context = Context()
        let length = model.configuration.contextLength
        var caches = model.makeCaches(batch: 1, capacity: min(2 * window.count + 16, length))
        let hidden = model.hidden(window, batch: 1, caches: &caches, context: &context)
        return (caches, unitRows(of: hidden), model.logits(ofHidden: hidden.lastTokens()))
    }

    /// The next token, which from then on belongs to those that are continued.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``.
    public mutating func next() throws(GenerationError) -> Int32 { try nextScored().token }

    /// The next token, and the logarithm of the probability that the model itself gives it.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``.
    public mutating func nextScored() throws(GenerationError) -> (
        token: Int32, logProbability: Double
    ) {
        makeRoom()
        let normalizer = logits.logSumExp().elements[0]
        guard normalizer.isFinite else { throw .logitsAreNotFinite }
        let all = logits.largest(settings.candidateCount + forbidden.count)[0]
        let permitted = all.filter { !forbidden.contains($0.index) }
        let likeliest = (permitted.isEmpty ? all : permitted).prefix(settings.candidateCount)
        let tokens = likeliest.map(\.index)
        for layer in caches.indices {
            caches[layer].select([Int32](repeating: 0, count: tokens.count))
        }
        var context = Context()
        let hidden = model.hidden(
            tokens, batch: tokens.count, caches: &caches, context: &context)
        let rows = Self.unitRows(of: hidden)
        var (best, bestScore) = (0, -Double.infinity)
        for (place, candidate) in likeliest.enumerated() {
            let probability = exp(Double(candidate.value) - Double(normalizer))
            let score =
                (1 - settings.penalty) * probability - settings.penalty
                * greatestCosine(of: rows[place])
            if score > bestScore { (best, bestScore) = (place, score) }
        }
        for layer in caches.indices { caches[layer].select([Int32(best)]) }
        window.append(tokens[best])
        vectors.append(rows[best])
        let width = hidden.shape.width
        logits = model.logits(
            ofHidden: Tensor(
                Array(hidden.elements[best * width..<(best + 1) * width]), shape: [1, width]))
        return (tokens[best], Double(likeliest[best].value) - Double(normalizer))
    }

    private mutating func makeRoom() {
        let context = model.configuration.contextLength
        if window.count == context {
            window = window.suffix(max(context / 2, 1))
            (caches, vectors, logits) = Self.read(window, by: model)
        }
        guard let cache = caches.first, cache.count == cache.capacity else { return }
        let capacity = min(2 * cache.capacity, context)
        for layer in caches.indices { caches[layer].reserve(capacity) }
    }

    private func greatestCosine(of row: [Float]) -> Double {
        var greatest = -Float.infinity
        for vector in vectors {
            var sum: Float = 0
            for place in row.indices { sum += row[place] * vector[place] }
            greatest = max(greatest, sum)
        }
        return Double(greatest)
    }

    /// The rows of `[…, width]`, each divided by its length; one of zeros stays.
    private static func unitRows(of hidden: Tensor) -> [[Float]] {
        let width = hidden.shape.width
        let elements = hidden.elements
        return stride(from: 0, to: elements.count, by: width).map { begin in
            let row = Array(elements[begin..<begin + width])
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return length > 0 ? row.map { $0 / length } : row
        }
    }
}
