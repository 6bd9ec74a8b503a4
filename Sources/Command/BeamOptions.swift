import ArgumentParser
import Attend

/// The flags of a beam search.
struct BeamOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Of hypotheses of different lengths, compare log-probability / length^x: above 0 prefers longer ones, below 0 "
                + "shorter ones; wu:x divides by ((5 + length) / 6)^x (default: 1; for translate wu:0.6).",
            valueName: "x|wu:x"),
        transform: Self.penalty)
    var lengthPenalty: LengthPenalty?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "When the search ends before all hypotheses have: always, as soon as as many have ended as there are beams; "
                + "heuristic, when the best of the others would be worse if it ended now; never, when none can become better "
                + "(default: heuristic; for translate never).",
            valueName: "rule"),
        transform: Name.of(BeamSettings.Stopping.self))
    var stopEarly: BeamSettings.Stopping?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Divide the beams into groups, each of which avoids the tokens of those before it; needs --diversity-penalty.",
            valueName: "n"),
        transform: Number.whole(BeamSettings.counts))
    var beamGroups: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What a token loses of its log-probability for each hypothesis of an earlier group that has it at the same place.",
            valueName: "x"),
        transform: Number.real(BeamSettings.diversityPenalties))
    var diversityPenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The fewest tokens before the end token.", valueName: "n"),
        transform: Number.whole(0...TranslationSettings.lengths.upperBound))
    var minTokens: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Show so many of what was found, the best first (default: 1).", valueName: "n"),
        transform: Number.whole(BeamSettings.counts))
    var nBest: Int?

    private static let penalty: @Sendable (String) throws -> LengthPenalty = { text in
        let isWu = text.hasPrefix("wu:")
        guard let exponent = Double(isWu ? text.dropFirst(3) : text[...]),
            LengthPenalty.exponents.contains(exponent)
        else {
            throw InvalidValue(
                description:
                    "expected a number from \(LengthPenalty.exponents.lowerBound.short) to "
                    + "\(LengthPenalty.exponents.upperBound.short), after wu: for the penalty of Wu et al."
            )
        }
        return isWu ? .wu(exponent) : .power(exponent)
    }

    /// Refuses what does not fit the number of beams or the most tokens.
    func validate(beams: Int, maxTokens: Int?) throws {
        let groups = beamGroups ?? 1
        if (groups > 1) != (diversityPenalty ?? 0 > 0) {
            throw ValidationError(
                "--beam-groups and --diversity-penalty go together; expected at least 2 groups and a penalty greater than 0."
            )
        }
        if beams % groups != 0 {
            throw ValidationError(
                "--beam-groups \(groups) does not divide --beams \(beams); expected groups of the same size."
            )
        }
        if let nBest, nBest > beams {
            throw ValidationError(
                "--n-best \(nBest) is more than --beams \(beams); expected at most that.")
        }
        if let minTokens, let maxTokens, minTokens > maxTokens {
            throw ValidationError(
                "--min-tokens \(minTokens) is more than --max-tokens \(maxTokens); expected at most as many."
            )
        }
    }

    /// The flags that were given, by name.
    var given: [String] {
        [
            ("--length-penalty", lengthPenalty != nil), ("--stop-early", stopEarly != nil),
            ("--beam-groups", beamGroups != nil), ("--diversity-penalty", diversityPenalty != nil),
            ("--min-tokens", minTokens != nil), ("--n-best", nBest != nil),
        ].filter(\.1).map(\.0)
    }

    /// These settings with so many beams, and what the flags say.
    func applied(to settings: BeamSettings, beams: Int) -> BeamSettings {
        var settings = settings
        settings.count = beams
        if let lengthPenalty { settings.lengthPenalty = lengthPenalty }
        if let stopEarly { settings.stopping = stopEarly }
        if let beamGroups { settings.groupCount = beamGroups }
        if let diversityPenalty { settings.diversityPenalty = diversityPenalty }
        if let minTokens { settings.minimumLength = minTokens }
        return settings
    }
}
