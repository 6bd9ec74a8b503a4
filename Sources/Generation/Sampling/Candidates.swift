internal import Foundation

/// The tokens among which the next one is drawn, each with a score, whose softmax are the probabilities.
///
/// There is always at least one, and all scores are finite.
struct Candidates {
    /// A token and its score.
    struct Candidate {
        let id: Int32
        var score: Double
        /// exp(score − greatest score), where they are up to date.
        var weight = 0.0
    }

    private var candidates: [Candidate] = []
    /// Whether they stand in descending order of score; else they stand in ascending order of id.
    private var areRanked = false
    private var areWeighed = false

    /// All tokens whose logit is not −∞.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite`` where a logit is +∞ or not a number, or all are −∞.
    init(logits: [Float]) throws(GenerationError) {
        candidates.reserveCapacity(logits.count)
        for (id, logit) in logits.enumerated() where logit != -.infinity {
            // A comparison with what is not a number is false.
            guard logit < .infinity else { throw .logitsAreNotFinite }
            candidates.append(Candidate(id: Int32(id), score: Double(logit)))
        }
        if candidates.isEmpty { throw .logitsAreNotFinite }
    }

    /// The token at the place `uniform` in [0, 1) of the cumulated probabilities.
    mutating func pick(_ uniform: Double) -> Int32 {
        let total = weigh()
        let target = uniform * total
        var sum = 0.0
        var id = candidates[0].id
        for candidate in candidates where candidate.weight > 0 {
            sum += candidate.weight
            id = candidate.id
            if target < sum { break }
        }
        return id
    }

    /// The probability of each token of a vocabulary, by id.
    mutating func probabilities(vocabularySize: Int) -> [Double] {
        let total = weigh()
        var probabilities = [Double](repeating: 0, count: vocabularySize)
        for candidate in candidates {
            probabilities[Int(candidate.id)] = candidate.weight / total
        }
        return probabilities
    }

    /// The tokens that have a probability, the likeliest first.
    mutating func distribution() -> [(id: Int32, probability: Double)] {
        let total = weigh()
        rank()
        return candidates.compactMap { $0.weight > 0 ? ($0.id, $0.weight / total) : nil }
    }
}

extension Candidates {
    /// The candidates of the highest scores, the highest first; all where there are not that many.
    mutating func best(_ count: Int) -> [(id: Int32, score: Double)] {
        keepTop(count)
        rank()
        return candidates.map { ($0.id, $0.score) }
    }

    private static func ranksBefore(_ first: Candidate, _ second: Candidate) -> Bool {
        first.score > second.score || first.score == second.score && first.id < second.id
    }

    private mutating func rank() {
        if !areRanked { candidates.sort(by: Self.ranksBefore) }
        areRanked = true
    }

    private mutating func sortByID() {
        if areRanked { candidates.sort { $0.id < $1.id } }
        areRanked = false
    }

    private var greatest: Double {
        if areRanked { return candidates[0].score }
        return candidates.reduce(-.infinity) { max($0, $1.score) }
    }

    /// Brings the weights up to date: their sum.
    private mutating func weigh() -> Double {
        var total = 0.0
        if areWeighed {
            for candidate in candidates { total += candidate.weight }
            return total
        }
        let greatest = greatest
        for place in candidates.indices {
            let weight = exp(candidates[place].score - greatest)
            candidates[place].weight = weight
            total += weight
        }
        areWeighed = true
        return total
    }

    /// −Σ p log p, in nats.
    private mutating func entropy() -> Double {
        let total = weigh()
        let normalizer = greatest + log(total)
        return candidates.reduce(0) { sum, candidate in
            candidate.weight > 0
                ? sum + candidate.weight / total * (normalizer - candidate.score) : sum
        }
    }
}

extension Candidates {
    /// Keeps the likeliest token.
    mutating func keepLikeliest() {
        candidates = candidates.min(by: Self.ranksBefore).map { [$0] } ?? []
        areWeighed = false
    }

    /// Keeps the `count` likeliest tokens.
    mutating func keepTop(_ count: Int) {
        if count >= candidates.count { return }
        // Few out of many are cheaper to pick out than to sort.
        if count <= 256, !areRanked {
            var kept: [Candidate] = []
            for candidate in candidates {
                if let last = kept.last, kept.count == count, !Self.ranksBefore(candidate, last) {
                    continue
                }
                let place = kept.firstIndex { Self.ranksBefore(candidate, $0) } ?? kept.count
                kept.insert(candidate, at: place)
                if kept.count > count { kept.removeLast() }
            }
            candidates = kept
            areRanked = true
        } else {
            rank()
            candidates.removeLast(candidates.count - count)
        }
    }

    /// Keeps the fewest of the likeliest tokens that have the probability together, and at least one.
    mutating func keepTop(probability: Double) {
        if probability >= 1 { return }
        let needed = probability * weigh()
        var sum = 0.0
        if areRanked {
            let reaching = candidates.firstIndex { candidate in
                sum += candidate.weight
                return sum >= needed
            }
            if let reaching { candidates.removeLast(candidates.count - 1 - reaching) }
            return
        }
        let least = -WeightedKey.reaching(
            needed, candidates.map { WeightedKey(key: -$0.score, weight: $0.weight) })
        for candidate in candidates where candidate.score > least { sum += candidate.weight }
        // Of the equals at the border, the first that are still needed, and one in any case.
        var isReached = false
        candidates.removeAll { candidate in
            if candidate.score != least { return candidate.score < least }
            if isReached { return true }
            sum += candidate.weight
            isReached = sum >= needed
            return false
        }
    }

    /// Keeps the tokens at least `share` times as likely as the likeliest.
    mutating func keepAtLeast(share: Double) {
        let least = greatest + log(share)
        candidates.removeAll { $0.score < least }
    }

    /// Keeps the tokens of at least this probability, or else the likeliest ones.
    mutating func keepAtLeast(probability: Double) {
        if probability <= 0 { return }
        // The likeliest have weight 1.
        let total = weigh()
        let least = min(probability * total, 1)
        candidates.removeAll { $0.weight < least }
    }

    /// Keeps the tokens of at least the probability min(ε, √ε · exp(−entropy)), or else the likeliest ones.
    mutating func keepAtLeast(eta epsilon: Double) {
        if epsilon <= 0 { return }
        let entropy = entropy()
        keepAtLeast(probability: min(epsilon, epsilon.squareRoot() * exp(-entropy)))
    }

    /// Keeps the tokens whose information is nearest to the entropy and that have the probability together.
    mutating func keepTypical(probability: Double) {
        if probability >= 1 { return }
        let total = weigh()
        let entropy = entropy()
        let mean = greatest + log(total) - entropy
        let farthest = WeightedKey.reaching(
            probability * total,
            candidates.map { WeightedKey(key: abs($0.score - mean), weight: $0.weight) })
        candidates.removeAll { abs($0.score - mean) > farthest }
        // The likeliest token, to which weights refer, may be gone.
        areWeighed = false
    }

    /// Rules tokens out, unless that would leave none.
    mutating func remove(_ ids: Set<Int32>) {
        if ids.isEmpty || candidates.allSatisfy({ ids.contains($0.id) }) { return }
        candidates.removeAll { ids.contains($0.id) }
        areWeighed = false
    }
}

extension Candidates {
    private static func finite(_ score: Double) -> Double {
        min(max(score, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }

    /// Divides all scores; 0 keeps the likeliest token.
    mutating func divide(by temperature: Double) {
        if temperature == 1 { return }
        if temperature == 0 { return keepLikeliest() }
        let greatest = greatest
        guard (greatest / temperature).isFinite else {
            // Too cold for numbers: beside the greatest score, nothing has a probability.
            candidates.removeAll { $0.score < greatest }
            return
        }
        for place in candidates.indices {
            candidates[place].score = Self.finite(candidates[place].score / temperature)
        }
        areWeighed = false
    }

    /// Gives some tokens other scores; those that are no longer there are passed over.
    mutating func rescore(
        _ ids: some Sequence<Int32>, _ score: (_ id: Int32, _ old: Double) -> Double
    ) {
        sortByID()
        for id in ids {
            guard let place = place(of: id) else { continue }
            candidates[place].score = Self.finite(score(id, candidates[place].score))
        }
        areWeighed = false
    }

    /// Where a token stands among candidates by ascending id.
    private func place(of id: Int32) -> Int? {
        var (low, high) = (0, candidates.count)
        while low < high {
            let middle = (low + high) / 2
            if candidates[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < candidates.count && candidates[low].id == id ? low : nil
    }
}
