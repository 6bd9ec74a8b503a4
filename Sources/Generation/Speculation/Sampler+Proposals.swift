extension Sampler {
    /// Draws a token as ``token(from:after:)`` does, so that it is the proposed one as often as can be.
    ///
    /// Let p be the probabilities after all steps and q those of the draft. The proposal x is kept with the probability
    /// min(1, p(x)/q(x)); else a token is drawn by the positive part of p − q, so that over all proposals each has the
    /// probability p. Where q is 1 at a single token, that is the same as drawing by p and looking whether it is that token,
    /// with the random number that would be drawn without a proposal.
    ///
    /// - Source: Leviathan, Kalman & Matias 2023, §2.3 and appendix A.1.
    mutating func token(
        from logits: [Float], after history: TokenHistory, proposal: ProposedToken?
    ) throws(GenerationError) -> Int32 {
        guard let proposal, let draft = proposal.probabilities else {
            return try token(from: logits, after: history)
        }
        let own = try probabilities(of: logits, after: history)
        return token(by: own, proposed: proposal.token, by: draft)
    }

    /// Draws by probabilities a token that is as often as can be the one that was drawn by others.
    package mutating func token(
        by own: [Double], proposed token: Int32, by draft: [Double]
    ) -> Int32 {
        if uniform() * draft[Int(token)] < own[Int(token)] { return token }
        let rest = zip(own, draft).map { max($0 - $1, 0) }
        // Both differ by rounding alone where nothing is left.
        return self.token(byWeights: rest.contains { $0 > 0 } ? rest : own)
    }

    /// Draws a token by weights, of which one is positive.
    package mutating func token(byWeights weights: [Double]) -> Int32 {
        let target = uniform() * weights.reduce(0, +)
        var (sum, last) = (0.0, 0)
        for (id, weight) in weights.enumerated() where weight > 0 {
            sum += weight
            last = id
            if target < sum { break }
        }
        return Int32(last)
    }
}
