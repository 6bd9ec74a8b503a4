internal import AttendTensors

/// Chooses the tokens of one text from a model's logits: what a constraint permits, a sampler draws, and a history notes.
struct TokenChooser: Sendable {
    /// Draws tokens.
    var sampler: Sampler
    /// The tokens before the one that is to be chosen.
    var history: TokenHistory
    /// What the tokens after the prompt are held to.
    private var constraint: TokenConstraint?
    private let forbidden: Set<Int32>

    /// A choice of the tokens after a prompt.
    ///
    /// - Parameter forbidden: ids that are not chosen unless nothing else is left.
    init(
        prompt: [Int32], sampler: Sampler, constraint: TokenConstraint?,
        forbidden: Set<Int32> = []
    ) {
        self.sampler = sampler
        self.constraint = constraint
        self.forbidden = forbidden
        history = TokenHistory(prompt: prompt, for: sampler.sampling)
    }

    /// The next token, which from then on belongs to those before.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`, after the token before.
    ///   - proposal: one that is kept where it may be.
    /// - Throws: ``GenerationError/logitsAreNotFinite``, and ``GenerationError/constraint(_:)`` where the constraint leaves no
    ///   token.
    mutating func choose(
        from logits: [Float], proposal: ProposedToken? = nil
    ) throws(GenerationError) -> Int32 {
        let token = try sampler.token(
            from: permitted(logits), after: history, proposal: proposal)
        try advance(by: token)
        return token
    }

    /// A token that a draft would choose here; it belongs to those before until it is taken back.
    ///
    /// - Parameter logits: `[vocabulary]`, those of the draft.
    /// - Throws: as ``choose(from:proposal:)``.
    mutating func propose(from logits: [Float]) throws(GenerationError) -> ProposedToken {
        let permitted = try permitted(logits)
        var proposal: ProposedToken
        if sampler.sampling.isDeterministic {
            let token = try sampler.token(from: permitted, after: history)
            proposal = ProposedToken(token: token, probabilities: nil)
        } else {
            let probabilities = try sampler.probabilities(of: permitted, after: history)
            proposal = ProposedToken(
                token: sampler.token(byWeights: probabilities), probabilities: probabilities)
        }
        try advance(by: proposal.token)
        return proposal
    }

    /// Where the constraint stands, to which it can be taken back.
    var place: TokenConstraint.Place? { constraint?.place }

    /// Takes back the last tokens, before which the constraint stood there.
    mutating func goBack(_ count: Int, to place: TokenConstraint.Place?) {
        for _ in 0..<count { history.removeLast() }
        if let place { constraint?.place = place }
    }

    /// The logits of what may come next, −∞ elsewhere.
    private mutating func permitted(_ logits: [Float]) throws(GenerationError) -> [Float] {
        var permitted = logits
        if constraint != nil {
            try GenerationError.wrapping { () throws(ConstraintError) in
                try constraint?.mask().apply(to: &permitted)
            }
        }
        if forbidden.isEmpty { return permitted }
        let all = permitted
        for id in forbidden where permitted.indices.contains(Int(id)) {
            permitted[Int(id)] = -.infinity
        }
        return permitted.contains { $0 > -.infinity } ? permitted : all
    }

    private mutating func advance(by token: Int32) throws(GenerationError) {
        try GenerationError.wrapping { () throws(ConstraintError) in
            try constraint?.advance(by: token)
        }
        history.append(token)
    }

    /// Whether the constraint leaves nothing but the end; never without one.
    mutating func isComplete() throws(GenerationError) -> Bool {
        try GenerationError.wrapping { () throws(ConstraintError) in
            try constraint?.isComplete() ?? false
        }
    }

    /// The logarithm of the probability that logits `[vocabulary]` give to a token.
    static func logProbability(of token: Int32, in logits: [Float]) -> Double {
        let normalizer = Tensor(logits, shape: [1, logits.count]).logSumExp().elements[0]
        return Double(logits[Int(token)]) - Double(normalizer)
    }
}
