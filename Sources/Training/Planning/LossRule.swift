internal import Foundation

/// How low the validation loss of a GPT will come, from its size and from what it reads.
///
/// Between what a table of pairs reaches and what no model gets below, a share is left that falls with powers of the tokens read
/// and of the parameters: (L − E) / (B − E) = (D / D₀)^−β + (N / N₀)^−α. A text that is read again counts less each time:
/// D = U + U · R (1 − e^(−(t/U − 1)/R)) for t tokens of which U are different.
///
/// - Source: the form after Hoffmann et al. 2022, §3.3; repeated data after Muennighoff et al. 2023, §5, with their R = 15.4; the
///   constants fitted to small runs, Documentation/Decisions/0014-planner.md.
package struct LossRule {
    /// Nats per token of a table of pairs.
    package let bigram: Double
    /// The least possible loss, where it is known.
    package let floor: Double?
    /// How many tokens there are to train on.
    package let uniqueTokens: Double

    /// A rule for a text.
    package init(bigram: Double, floor: Double?, uniqueTokens: Double) {
        self.bigram = bigram
        self.floor = floor
        self.uniqueTokens = uniqueTokens
    }

    /// D₀, β, N₀ and α.
    private struct Constants {
        let tokenScale, tokenPower, parameterScale, parameterPower: Double
        /// How far losses may lie from the rule, as a share of them.
        let spread: Double
    }

    /// Of texts that people wrote, where there is always something left to learn.
    private static let writing = Constants(
        tokenScale: 307_000, tokenPower: 0.309, parameterScale: 77, parameterPower: 0.36,
        spread: 0.15)
    /// Of texts from a grammar, whose rules are found all at once; they are those of which the floor is known too.
    private static let grammar = Constants(
        tokenScale: 267_000, tokenPower: 1.97, parameterScale: 36_500, parameterPower: 3,
        spread: 0.3)
    /// What is taken for the least possible loss where nobody knows it, over that of the table.
    private static let usualFloor = 0.407
    private static let repetition = 15.4

    private var constants: Constants { floor == nil ? Self.writing : Self.grammar }

    /// The loss after reading so many tokens.
    package func loss(parameters: Int, tokens: Double) -> Double {
        let least = floor ?? Self.usualFloor * bigram
        let seen = effective(tokens)
        let share =
            pow(max(seen, 1) / constants.tokenScale, -constants.tokenPower)
            + pow(
                Double(max(parameters, 1)) / constants.parameterScale, -constants.parameterPower)
        return least + max(bigram - least, 0) * min(share, 1.3)
    }

    /// The range in which a loss will most likely lie.
    package func range(around loss: Double) -> ClosedRange<Double> {
        let low = max(loss * (1 - constants.spread), min(floor ?? 0, loss))
        return low...(loss * (1 + constants.spread))
    }

    private func effective(_ tokens: Double) -> Double {
        guard tokens > uniqueTokens, uniqueTokens > 0 else { return tokens }
        let repetitions = tokens / uniqueTokens - 1
        return uniqueTokens
            * (1 + Self.repetition * (1 - exp(-repetitions / Self.repetition)))
    }
}
