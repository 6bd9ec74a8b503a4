import ArgumentParser
import Attend

/// The flags of contrastive search.
struct ContrastiveOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Contrastive search: among the likeliest tokens take one whose vector is unlike those before, which counts so much "
                + "beside probability (0 to 1; published is 0.6). Nothing is random then.",
            valueName: "x"),
        transform: Number.real(ContrastiveSearch.penalties))
    var contrastivePenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many of the likeliest tokens --contrastive-penalty compares (default: 4).",
            valueName: "n"),
        transform: Number.whole(ContrastiveSearch.candidateCounts))
    var contrastiveCandidates: Int?

    /// The flags that were given.
    var given: [String] {
        [
            contrastivePenalty.map { _ in "--contrastive-penalty" },
            contrastiveCandidates.map { _ in "--contrastive-candidates" },
        ].compactMap(\.self)
    }

    func validate() throws {
        if contrastiveCandidates != nil, contrastivePenalty == nil {
            throw ValidationError(
                "--contrastive-candidates says how many tokens --contrastive-penalty compares; expected both."
            )
        }
    }

    /// How tokens are compared; nil where they are chosen otherwise.
    var settings: ContrastiveSearch.Settings? {
        contrastivePenalty.map {
            var settings = ContrastiveSearch.Settings(penalty: $0)
            if let contrastiveCandidates { settings.candidateCount = contrastiveCandidates }
            return settings
        }
    }
}
