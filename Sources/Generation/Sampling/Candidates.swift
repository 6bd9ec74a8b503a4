internal import Foundation

/// The tokens among which the next one is drawn, each with a weight in proportion to its probability.
///
/// Every step of a sampler narrows the list. Where tokens are ranked, equals rank by ascending id.
struct Candidates {
    /// A token and its weight; the likeliest has weight 1.
    struct Candidate {
        let id: Int32
        let weight: Double
    }

    private(set) var candidates: [Candidate]
    /// Whether they stand in descending order of weight.
    private var isSorted = false

    /// All tokens whose logit is not −∞, with the weights of softmax(logits / temperature).
    ///
    /// - Parameter temperature: greater than 0.
    init(logits: [Float], temperature: Double) {
        let greatest = Double(logits.max() ?? 0)
        candidates = logits.enumerated().compactMap { id, logit in
            let weight = exp((Double(logit) - greatest) / temperature)
            return weight > 0 ? Candidate(id: Int32(id), weight: weight) : nil
        }
    }

    private var total: Double { candidates.reduce(0) { $0 + $1.weight } }

    private static func ranksBefore(_ first: Candidate, _ second: Candidate) -> Bool {
        first.weight > second.weight || first.weight == second.weight && first.id < second.id
    }

    private mutating func sort() {
        if !isSorted { candidates.sort(by: Self.ranksBefore) }
        isSorted = true
    }

    /// Keeps the `count` likeliest tokens.
    ///
    /// - Source: Fan, Lewis & Dauphin 2018.
    mutating func keepTop(_ count: Int) {
        if count >= candidates.count { return }
        // Few out of many are cheaper to pick out than to sort.
        if count <= 256 {
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
            isSorted = true
        } else {
            sort()
            candidates.removeLast(candidates.count - count)
        }
    }

    /// Keeps the fewest of the likeliest tokens that have the probability together, and at least one.
    ///
    /// - Source: Holtzman et al. 2020.
    mutating func keepTop(probability: Double) {
        if probability >= 1 { return }
        let total = total
        if !isSorted {
            // All tokens below this have less than 1 − p together, so that none of them is needed.
            let least = (1 - probability) * total / Double(candidates.count)
            candidates.removeAll { $0.weight < least }
        }
        sort()
        var sum = 0.0
        let reaching = candidates.firstIndex { candidate in
            sum += candidate.weight
            return sum >= probability * total
        }
        if let reaching { candidates.removeLast(candidates.count - 1 - reaching) }
    }

    /// Keeps the tokens at least `share` times as likely as the likeliest.
    ///
    /// - Source: Nguyen et al. 2024.
    mutating func keepAtLeast(share: Double) {
        candidates.removeAll { $0.weight < share }
    }

    /// The token at the place `uniform` in [0, 1) of the cumulated probabilities.
    func pick(_ uniform: Double) -> Int32 {
        let target = uniform * total
        var sum = 0.0
        for candidate in candidates {
            sum += candidate.weight
            if target < sum { return candidate.id }
        }
        // Rounding may leave the sum a little short of the total.
        return candidates[candidates.count - 1].id
    }

    /// The tokens with their probabilities.
    var distribution: [(id: Int32, probability: Double)] {
        let total = total
        return candidates.map { ($0.id, $0.weight / total) }
    }
}
